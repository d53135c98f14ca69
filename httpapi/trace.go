package httpapi

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"strings"
)

// The form of a W3C trace context: version, trace, parent and flags in lower-case
// hexadecimal, joined by dashes.
const (
	traceForm  = "00-00000000000000000000000000000000-0000000000000000-00"
	traceParts = "vv-tttttttttttttttttttttttttttttttt-pppppppppppppppp-ff"
)

// traceparent returns the client's W3C trace context, or a new one.
func traceparent(r *http.Request) string {
	if v := r.Header["Traceparent"]; len(v) == 1 && validTrace(v[0]) {
		return v[0]
	}
	var id [24]byte
	for i := 0; i < len(id); i += 8 {
		binary.BigEndian.PutUint64(id[i:], rand.Uint64())
	}
	text := []byte(traceForm)
	hex.Encode(text[3:35], id[:16])
	hex.Encode(text[36:52], id[16:])
	return string(text)
}

// validTrace tells whether s is a trace context whose identities are not zero.
func validTrace(s string) bool {
	if len(s) != len(traceForm) || s[:2] == "ff" || s[3:35] == traceForm[3:35] || s[36:52] == traceForm[36:52] {
		return false
	}
	for i := range len(s) {
		if traceParts[i] == '-' {
			if s[i] != '-' {
				return false
			}
		} else if !strings.Contains("0123456789abcdef", s[i:i+1]) {
			return false
		}
	}
	return true
}
