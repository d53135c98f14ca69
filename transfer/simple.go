package transfer

import (
	"encoding/json"
	"fmt"
	"time"
)

// simple spells a document as the encoding of that name in snapshot exports: metadata and
// data side by side, and values without their types. Data that has a name of metadata
// stands in a member data.
func simple(dst, raw []byte) ([]byte, error) {
	d, err := readDocument(raw)
	if err != nil {
		return dst, err
	}
	dst = append(quote(append(dst, `{"id":`...), d.id), `,"coll":`...)
	dst = append(quote(dst, d.target), `,"ts":`...)
	dst = quote(dst, time.UnixMicro(d.ts).UTC().Format(time.RFC3339Nano))
	var inner []member
	for _, m := range append(d.params, d.data...) {
		if reserved[m.name] && !m.done {
			inner = append(inner, m)
			continue
		}
		dst = append(quote(append(dst, ','), m.name), ':')
		if dst, err = plainValue(dst, &scan{b: m.raw}); err != nil {
			return dst, err
		}
	}
	if inner == nil {
		return append(dst, '}'), nil
	}
	dst = append(dst, `,"data":{`...)
	for i, m := range inner {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(quote(dst, m.name), ':')
		if dst, err = plainValue(dst, &scan{b: m.raw}); err != nil {
			return dst, err
		}
	}
	return append(dst, "}}"...), nil
}

var reserved = map[string]bool{"id": true, "coll": true, "ts": true, "ttl": true, "data": true}

// readDocument takes a document as the server prints it apart. Its params are marked done.
func readDocument(raw []byte) (*document, error) {
	all, err := members(raw)
	if err != nil {
		return nil, err
	}
	var d document
	p := &pattern{}
	for _, m := range all {
		switch m.name {
		case "ref":
			err = p.identity(&d, m.raw)
		case "ts":
			d.ts, err = toMicros(m.raw)
		case "data":
			if isObject(m.raw) {
				if d.data, err = members(m.raw); err == nil {
					d.data, err = untagged(d.data)
				}
			}
		default:
			m.done = true
			d.params = append(d.params, m)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return &d, nil
}

// plainValue appends a value without tags.
func plainValue(dst []byte, s *scan) ([]byte, error) {
	switch s.peek() {
	case '[':
		return plainList(append(dst, '['), s)
	case '{':
		raw, err := s.skip()
		if err != nil {
			return dst, err
		}
		return plainObject(dst, raw)
	}
	raw, err := s.skip()
	return append(dst, raw...), err
}

func plainList(dst []byte, s *scan) ([]byte, error) {
	first := len(dst)
	err := s.each('[', ']', func() (err error) {
		if len(dst) > first {
			dst = append(dst, ',')
		}
		dst, err = plainValue(dst, s)
		return err
	})
	return append(dst, ']'), err
}

func plainObject(dst, raw []byte) ([]byte, error) {
	all, err := members(raw)
	if err != nil {
		return dst, err
	}
	if len(all) == 1 {
		switch m := all[0]; m.name {
		case "@ts", "@date", "@bytes", "@uuid":
			return append(dst, m.raw...), nil
		case "@obj":
			if all, err = members(m.raw); err != nil {
				return dst, err
			}
		case "@ref":
			id, coll, err := referenceParts(m.raw)
			if err != nil {
				return append(dst, raw...), nil // into another database: as it stands
			}
			if coll == "collections" || coll == "" {
				return quote(dst, id), nil
			}
			dst = quote(append(dst, `{"id":`...), id)
			return append(quote(append(dst, `,"coll":`...), coll), '}'), nil
		case "@set", "@query":
			return append(dst, raw...), nil
		}
	}
	dst = append(dst, '{')
	for i, m := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(quote(dst, m.name), ':')
		if dst, err = plainValue(dst, &scan{b: m.raw}); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// cellText is what a cell of CSV says: text and numbers as they are, refs as ids, others
// as JSON.
func cellText(raw []byte) (string, error) {
	plain, err := plainValue(nil, &scan{b: raw})
	if err != nil {
		return "", err
	}
	if isString(plain) {
		return unquote(plain)
	}
	var ref struct{ ID, Coll string }
	if isObject(plain) && isObject(raw) && string(raw[:min(6, len(raw))]) == `{"@ref` && json.Unmarshal(plain, &ref) == nil && ref.ID != "" {
		return ref.ID, nil
	}
	return string(plain), nil
}
