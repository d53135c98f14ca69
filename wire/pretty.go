package wire

import (
	"bytes"
	"encoding/json"
)

// AppendPretty appends body, which is JSON, to dst with one member or element a
// line, indented by two spaces, and a line feed at the end: for people, when a
// request asks for it. Bytes that are not JSON are appended as they are.
func AppendPretty(dst, body []byte) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, body, "", "  "); err != nil {
		return append(dst, body...)
	}
	dst = append(dst, out.Bytes()...)
	return append(dst, '\n')
}
