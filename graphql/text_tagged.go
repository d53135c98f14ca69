package graphql

import (
	"encoding/base64"
	"strconv"

	"seriatim/value"
)

// appendTagged appends any value as JSON, with the tags of FQL's protocol for what
// JSON has no form for. It is for people and programs that read a ledger; a
// reference is written as the numbers of its collection and document.
func appendTagged(dst []byte, v value.Value) []byte {
	switch v := v.(type) {
	case value.Array, *value.Object:
		return appendMembers(dst, v, appendTagged)
	case value.Time:
		return append(value.AppendTime(append(dst, `{"@ts":"`...), v), `"}`...)
	case value.Date:
		return append(value.AppendDate(append(dst, `{"@date":"`...), v), `"}`...)
	case value.UUID:
		return append(value.AppendUUID(append(dst, `{"@uuid":"`...), v), `"}`...)
	case value.Bytes:
		dst = append(dst, `{"@bytes":"`...)
		return append(append(dst, base64.StdEncoding.EncodeToString(v)...), `"}`...)
	case value.Ref:
		dst = append(dst, `{"@ref":{"collection":`...)
		dst = strconv.AppendInt(dst, int64(v.Collection), 10)
		dst = append(dst, `,"id":"`...)
		dst = strconv.AppendInt(dst, v.ID, 10)
		return append(dst, `"}}`...)
	case *value.Lambda:
		dst = append(dst, `{"@query":`...)
		dst = append(dst, v.Source...)
		return append(dst, '}')
	case value.TxnTime:
		return append(dst, `{"@ts":"transaction"}`...)
	}
	return appendJSON(dst, v)
}
