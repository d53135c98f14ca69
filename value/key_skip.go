package value

// SkipTermKey returns what follows the key of a term, as AppendTermKey made it, at the
// front of b. The error is ErrMalformed.
func SkipTermKey(b []byte) (rest []byte, err error) {
	d := keyReader{b: b, exact: true}
	d.skip(0)
	d.findTies()
	if d.bad {
		return nil, ErrMalformed
	}
	return d.b[d.tieLen:], nil
}

// skipText steps over a string.
func (d *keyReader) skipText() {
	if d.exact {
		d.skipEscaped()
		return
	}
	d.skipWeights()
	if d.byte() == textRaw {
		d.skipEscaped()
	}
}

// atSetMember reports whether the name that sets have comes next.
func (d *keyReader) atSetMember() bool {
	if d.exact {
		return d.at(exactSetMember)
	}
	return d.at(setMemberText)
}

// exactSetMember is the form of setMember in the keys of terms.
var exactSetMember = string(appendEscaped(nil, setMember))
