package graphql

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"

	"seriatim/value"
)

// position is the place of a row in a list: the values of the properties it is
// ordered by, and its document.
type position struct {
	keys []value.Value
	ref  value.Ref
}

// tokenSum is how many bytes of a token check the others.
const tokenSum = 8

// token writes a position so that Field.position reads it again for a list of the
// same field, filter and order only. What lies before the position does not matter
// to what follows it, so a token is good whatever is written meanwhile. It holds
// nothing but what the reader of the page has been shown.
func (f *Field) token(p position) string {
	fields := value.Array{value.Int(p.ref.Collection), value.Int(p.ref.ID)}
	enc, _ := value.Encode(append(fields, p.keys...))
	return base64.RawURLEncoding.EncodeToString(append(f.tokenCheck(enc), enc...))
}

// position reads the nextToken argument. It is nil without one, and "" is none.
func (f *Field) position() (*position, error) {
	text, _ := f.text("nextToken")
	if text == "" {
		return nil, nil
	}
	bad := errToken()
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < tokenSum || !bytes.Equal(f.tokenCheck(b[tokenSum:]), b[:tokenSum]) {
		return nil, bad
	}
	enc := value.Encoded(b[tokenSum:])
	if enc.Valid() != nil {
		return nil, bad
	}
	a, ok := enc.Decode().(value.Array)
	if !ok || len(a) < 2 {
		return nil, bad
	}
	c, isInt := a[0].(value.Int)
	id, also := a[1].(value.Int)
	if !isInt || !also {
		return nil, bad
	}
	return &position{keys: a[2:], ref: value.Ref{Collection: value.CollectionID(c), ID: int64(id)}}, nil
}

func errToken() *Error {
	return refuse(CodeInput, "nextToken is not one of this list: of another field, filter or order, or damaged")
}

// tokenCheck is a digest of a token's content and of the list it belongs to.
func (f *Field) tokenCheck(content []byte) []byte {
	h := sha256.New()
	h.Write([]byte(f.Name))
	for _, name := range []string{"filter", "order", "id"} {
		h.Write([]byte{0})
		if v := f.Arg(name); v != nil {
			h.Write(value.AppendEncoded(nil, v))
		}
	}
	h.Write([]byte{1})
	h.Write(content)
	return h.Sum(nil)[:tokenSum]
}
