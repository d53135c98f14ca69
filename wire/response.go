package wire

import (
	"bytes"
	"errors"
	"math"
	"strconv"

	"seriatim/value"
)

var errResource = errors.New("wire: the response has no resource")

// Resource returns the value of a successful response, {"resource": …}, as the
// bytes it came in; they are part of body.
func Resource(body []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(skipSpace(body), []byte("{"))
	if !ok {
		return nil, errResource
	}
	if rest, ok = bytes.CutPrefix(skipSpace(rest), []byte(`"resource"`)); !ok {
		return nil, errResource
	}
	if rest, ok = bytes.CutPrefix(skipSpace(rest), []byte(":")); !ok {
		return nil, errResource
	}
	if rest, ok = bytes.CutSuffix(bytes.TrimRight(rest, " \t\r\n"), []byte("}")); !ok {
		return nil, errResource
	}
	return bytes.Trim(rest, " \t\r\n"), nil
}

func skipSpace(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }

// Hole, as a Rendering's TxnTS, leaves the times of the running transaction open:
// FillHoles puts them in once they are known.
const Hole int64 = math.MinInt64

// The bytes that stand for a time that is not known yet. JSON text never has
// them, because control characters are escaped.
const (
	holeMicros byte = 0x01
	holeTime   byte = 0x02
)

// FillHoles appends body, rendered with Hole, to dst with ts in its holes.
func FillHoles(dst, body []byte, ts int64) []byte {
	for _, c := range body {
		switch c {
		case holeMicros:
			dst = strconv.AppendInt(dst, ts, 10)
		case holeTime:
			dst = value.AppendTime(dst, value.TimeOfMicros(ts))
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
