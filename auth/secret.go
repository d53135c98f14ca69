package auth

import (
	"encoding/base64"
	"encoding/binary"
)

// A key's secret is 30 bytes in URL-safe base64 without padding: two that say
// it is a key, so that every secret starts with "fn", eight with the document's
// id, and twenty random ones (fql-v4 section 1.3).
const randomBytes = 20

// NewKeySecret makes the secret of the key with the given document id. random
// fills a slice with unpredictable bytes.
func NewKeySecret(id int64, random func([]byte)) string {
	b := make([]byte, 0, 2+8+randomBytes)
	b = append(b, 126, 112)
	b = binary.BigEndian.AppendUint64(b, uint64(id))
	b = b[:2+8+randomBytes]
	random(b[10:])
	return base64.RawURLEncoding.EncodeToString(b)
}
