package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxRow bounds one row, or one page of rows, in bytes.
const maxRow = 64 << 20

// piece is one row as it stands in a file.
type piece struct {
	raw  []byte // JSON, owned by the receiver
	line int    // from 1
	bad  error  // why it is none
}

// splitter gives the rows of a file one after another; io.EOF ends them.
type splitter interface{ next() (piece, error) }

var errLong = fmt.Errorf("a row has more than %d MiB", maxRow>>20)

// lines splits at newlines: what is wrong in one hinders no other.
type lines struct {
	r    *bufio.Reader
	line int
}

func (l *lines) next() (piece, error) {
	for {
		raw, err := readLine(l.r)
		if err == io.EOF && len(raw) == 0 {
			return piece{}, io.EOF
		}
		l.line++
		switch raw = bytes.TrimSpace(raw); {
		case errors.Is(err, errLong):
			return piece{line: l.line, bad: err}, nil
		case err != nil && err != io.EOF:
			return piece{}, err
		case len(raw) > 0:
			return piece{raw: raw, line: l.line}, nil
		}
	}
}

// readLine returns a copy of a line; of one that is too long, errLong when it has passed.
func readLine(r *bufio.Reader) ([]byte, error) {
	var out []byte
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if long = long || len(out)+len(part) > maxRow; !long {
			out = append(out, part...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if long {
			return nil, errLong
		}
		return out, err
	}
}

// values splits JSON values that follow one another, and the elements of arrays
// among them. It counts brackets only, so that a malformed row hinders no other as
// long as its brackets match.
type values struct {
	r       *bufio.Reader
	line    int
	inArray bool
	ended   bool
}

func newValues(r *bufio.Reader) *values { return &values{r: r, line: 1} }

func (v *values) next() (piece, error) {
	for !v.ended {
		c, err := v.r.ReadByte()
		switch {
		case err == io.EOF && v.inArray:
			v.ended = true
			return piece{line: v.line, bad: errors.New("not JSON: the array does not end")}, nil
		case err != nil:
			return piece{}, err
		case c == '\n':
			v.line++
		case c == ' ' || c == '\t' || c == '\r' || c == ',':
		case c == '[' && !v.inArray:
			v.inArray = true
		case c == ']' && v.inArray:
			v.inArray = false
		default:
			return v.value(c)
		}
	}
	return piece{}, io.EOF
}

// value reads what begins with c.
func (v *values) value(c byte) (piece, error) {
	p := piece{line: v.line, raw: []byte{c}}
	depth, quoted, escaped := 0, false, false
	for first := true; ; first = false {
		if !first {
			var err error
			if c, err = v.r.ReadByte(); err != nil {
				return v.cut(p, depth > 0 || quoted, err)
			}
			if depth == 0 && !quoted && (c == ',' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '{' || c == '[') {
				return p, v.r.UnreadByte()
			}
			p.raw = append(p.raw, c)
		}
		switch {
		case c == '\n':
			v.line++
		case escaped:
			escaped = false
			continue
		case quoted && c == '\\':
			escaped = true
			continue
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
		if len(p.raw) > maxRow {
			v.ended = true
			p.raw, p.bad = nil, fmt.Errorf("%w; the rest of the file is not read", errLong)
			return p, nil
		}
		if depth <= 0 && !quoted && (c == '}' || c == ']' || c == '"') {
			return p, nil
		}
	}
}

// cut ends a value at the end of the file.
func (v *values) cut(p piece, open bool, err error) (piece, error) {
	if err != io.EOF {
		return piece{}, err
	}
	v.ended = true
	if open {
		p.raw, p.bad = nil, errors.New("not JSON: the row does not end; the rest of the file is not read")
	}
	return p, nil
}
