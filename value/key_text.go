package value

import (
	"bytes"
	"strings"
)

func init() { setMemberText = string(appendText(nil, setMember)) }

// text reads a string: from its weights when it is plain, else from the bytes
// that follow them.
func (d *keyReader) text() string {
	weights := d.b
	upper := d.skipWeights()
	switch d.byte() {
	case textPlain:
		return d.plain(weights, upper)
	case textRaw:
		return string(d.escaped())
	}
	d.fail()
	return ""
}

// skipWeights steps over the weights of a string and returns the tertiary ones.
func (d *keyReader) skipWeights() (tertiary []byte) {
	for code := d.byte(); code != 0; code = d.byte() {
		if code&1 == 1 { // a gap, followed by the weight as firstPrimary reads it
			if d.byte() >= 0x80 {
				d.byte()
			}
			d.byte()
		}
	}
	for w := d.byte(); w != 0; w = d.byte() {
		if w >= 0x80 {
			d.byte()
		}
	}
	end := bytes.IndexByte(d.b, d.mask)
	if end < 0 {
		d.fail()
		return nil
	}
	tertiary, d.b = d.b[:end], d.b[end+1:]
	return tertiary
}

// plain spells the plain string of these primary codes and tertiary weights.
func (d *keyReader) plain(codes, tertiary []byte) string {
	n := bytes.IndexByte(codes, d.mask)
	if n < len(tertiary) {
		d.fail()
		return ""
	}
	var s strings.Builder
	s.Grow(n)
	for i, code := range codes[:n] {
		c := plainChar[code^d.mask]
		if c == 0 {
			d.fail()
			return ""
		}
		if i < len(tertiary) && tertiary[i]^d.mask == upperTertiary {
			c &^= 0x20
		}
		s.WriteByte(c)
	}
	return s.String()
}

// escapedLen returns the length of the escaped text at the front of b, as it is
// stored without its end and as it is spelled.
func (d *keyReader) escapedLen() (stored, spelled int) {
	for i := 0; i+1 < len(d.b); i++ {
		if d.b[i] == d.mask {
			if d.b[i+1]^d.mask == escapeEnd {
				return i, spelled
			}
			if d.b[i+1]^d.mask != escapeZero {
				break
			}
			i++
		}
		spelled++
	}
	d.fail()
	return 0, 0
}

func (d *keyReader) skipEscaped() {
	if stored, _ := d.escapedLen(); !d.bad {
		d.b = d.b[stored+2:]
	}
}

// escaped reads text that appendEscaped wrote.
func (d *keyReader) escaped() []byte {
	stored, spelled := d.escapedLen()
	if d.bad {
		return nil
	}
	out := make([]byte, 0, spelled)
	for i := 0; i < stored; i++ {
		c := d.b[i] ^ d.mask
		out = append(out, c)
		if c == 0 {
			i++
		}
	}
	d.b = d.b[stored+2:]
	return out
}
