package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// cell is one of a record; what was in quotes is text even when it is empty.
type cell struct {
	text   string
	quoted bool
}

// table reads CSV (RFC 4180, lines that end in a newline) and gives
// each record as an object of strings.
type table struct {
	r         *bufio.Reader
	comma     byte
	shortRows bool
	emptyText bool // an empty cell is "", not left out
	header    []string
	doubt     string // about the header, "" for none
	line      int
	raw       []byte // of the last record
}

func (t *table) next() (piece, error) {
	if t.header == nil {
		if err := t.head(); err != nil {
			return piece{}, err
		}
	}
	for {
		cells, line, err := t.record()
		switch {
		case err == io.EOF:
			return piece{}, err
		case err != nil:
			return piece{raw: t.raw, line: line, bad: err}, nil
		case len(cells) == 1 && cells[0].text == "" && !cells[0].quoted:
		default:
			return t.object(cells, line), nil
		}
	}
}

// head reads the names of the columns.
func (t *table) head() error {
	cells, line, err := t.record()
	if err != nil && err != io.EOF {
		return fmt.Errorf("line %d, the header: %w", line, err)
	}
	seen := map[string]bool{}
	t.header = []string{}
	for _, c := range cells {
		name := strings.TrimSpace(c.text)
		if name == "" || seen[name] {
			why := "has no name"
			if name != "" {
				why = fmt.Sprintf("is called %q as another one is", name)
			}
			return fmt.Errorf("line %d, the header: column %d %s", line, len(t.header)+1, why)
		}
		seen[name] = true
		t.header = append(t.header, name)
	}
	for _, c := range []string{";", "\t", "|"} {
		if len(cells) == 1 && strings.Contains(t.header[0], c) && t.comma != c[0] {
			t.doubt = fmt.Sprintf("the header is one column, %q: --separator says what stands between cells", t.header[0])
		}
	}
	return err
}

func (t *table) object(cells []cell, line int) piece {
	switch {
	case len(cells) > len(t.header):
		return piece{raw: t.raw, line: line, bad: fmt.Errorf("%d cells, the header has %d", len(cells), len(t.header))}
	case len(cells) < len(t.header) && !t.shortRows:
		return piece{raw: t.raw, line: line, bad: fmt.Errorf("%d cells, the header has %d (--allow-short-rows takes them)", len(cells), len(t.header))}
	}
	out := []byte{'{'}
	for i, c := range cells {
		if c.text == "" && !c.quoted && !t.emptyText {
			continue
		}
		if !utf8.ValidString(c.text) {
			return piece{raw: t.raw, line: line, bad: fmt.Errorf("%s: text is not UTF-8", t.header[i])}
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(quote(out, t.header[i]), ':')
		out = quote(out, c.text)
	}
	return piece{raw: append(out, '}'), line: line}
}

// record reads one, over several lines where quotes say so.
func (t *table) record() (cells []cell, line int, err error) {
	raw, err := readLine(t.r)
	if err == io.EOF && len(raw) == 0 {
		return nil, t.line + 1, io.EOF
	}
	t.line++
	line = t.line
	for err == nil && bytes.Count(raw, []byte{'"'})%2 == 1 && len(raw) <= maxRow {
		var more []byte
		more, err = readLine(t.r)
		if len(more) > 0 {
			t.line++
			raw = append(raw, more...)
		}
	}
	if err != nil && err != io.EOF {
		return nil, line, err
	}
	t.raw = bytes.TrimRight(raw, "\r\n")
	cells, err = t.cells(string(t.raw))
	return cells, line, err
}

func (t *table) cells(text string) ([]cell, error) {
	var out []cell
	for {
		c, rest, err := t.cell(text)
		if err != nil {
			return nil, err
		}
		if out = append(out, c); rest == "" {
			return out, nil
		}
		if text = rest[1:]; text == "" {
			return append(out, cell{}), nil
		}
	}
}

// cell reads one; rest is empty or begins with the comma.
func (t *table) cell(text string) (c cell, rest string, err error) {
	if text == "" || text[0] != '"' {
		end := strings.IndexByte(text, t.comma)
		if end < 0 {
			end = len(text)
		}
		if strings.IndexByte(text[:end], '"') >= 0 {
			return c, "", errors.New("a quote within a cell that does not begin with one")
		}
		return cell{text: text[:end]}, text[end:], nil
	}
	var b strings.Builder
	for text = text[1:]; ; {
		end := strings.IndexByte(text, '"')
		if end < 0 {
			return c, "", errors.New("a quoted cell does not end")
		}
		b.WriteString(text[:end])
		text = text[end+1:]
		switch {
		case strings.HasPrefix(text, `"`):
			b.WriteByte('"')
			text = text[1:]
		case text == "" || text[0] == t.comma:
			return cell{b.String(), true}, text, nil
		default:
			return c, "", errors.New("something follows a quoted cell")
		}
	}
}
