package catalog

import (
	"bytes"
	"fmt"
	"slices"

	"seriatim/txn"
	"seriatim/value"
)

// entryBuilder makes the keys for all combinations of terms and values of one
// version (section 5.4, steps 2 to 4).
type entryBuilder struct {
	index         *Index
	ref           value.Ref
	ts            int64
	terms, values [][]value.Value
	prefix        []byte // of the index, then of the terms chosen so far
	base          int
	chosen        []value.Value
	writer        value.KeyWriter
	out           []entryKey
	size          int
	barren        int // what combinations without an entry cost, in bytes
}

// maxBarren bounds the work for combinations that give no entry; that for the others
// is bounded by their size. One costs at least barrenCombination.
const (
	maxBarren         = txn.MaxBytes
	barrenCombination = 128
)

// pass notes a combination that gives no entry, which n bytes were made to find out.
func (b *entryBuilder) pass(n int) error {
	if b.barren += barrenCombination + n; b.barren > maxBarren {
		return &Unsupported{Feature: fmt.Sprintf("a document with more than %d combinations of terms and values that index %s has no entry for",
			maxBarren/barrenCombination, b.index.Name)}
	}
	return nil
}

func (b *entryBuilder) build() ([]entryKey, error) {
	if err := b.chooseTerms(0, len(b.terms) > 0); err != nil {
		return nil, err
	}
	if len(b.out) < 2 {
		return b.out, nil
	}
	slices.SortFunc(b.out, func(a, c entryKey) int { return bytes.Compare(a.key, c.key) })
	return slices.CompactFunc(b.out, func(a, c entryKey) bool { return bytes.Equal(a.key, c.key) }), nil
}

// chooseTerms appends each option of the term at i to the prefix; allNull tells
// that only nulls have been chosen so far.
func (b *entryBuilder) chooseTerms(i int, allNull bool) error {
	if i == len(b.terms) {
		if allNull {
			return b.pass(0)
		}
		if n := len(b.prefix) - b.base; n > maxTermBytes {
			return &TooLarge{What: "Key", Bytes: n, Limit: maxTermBytes}
		}
		return b.chooseValues(0, len(b.values) > 0)
	}
	length := len(b.prefix)
	for _, v := range b.terms[i] {
		b.prefix = value.AppendTermKey(b.prefix[:length], v)
		if err := b.chooseTerms(i+1, allNull && v.Kind() == value.KindNull); err != nil {
			return err
		}
	}
	b.prefix = b.prefix[:length]
	return nil
}

func (b *entryBuilder) chooseValues(i int, allNull bool) error {
	if i == len(b.values) {
		if allNull {
			return b.pass(0)
		}
		return b.add()
	}
	for _, v := range b.values[i] {
		b.chosen = append(b.chosen, v)
		if err := b.chooseValues(i+1, allNull && v.Kind() == value.KindNull); err != nil {
			return err
		}
		b.chosen = b.chosen[:len(b.chosen)-1]
	}
	return nil
}

// add makes the key of the chosen combination. One with a value that is too long
// is left out.
func (b *entryBuilder) add() error {
	w := &b.writer
	w.Reset(append(make([]byte, 0, len(b.prefix)+48), b.prefix...))
	for i, v := range b.chosen {
		if n := w.Add(v, b.index.Values[i].Reverse); n > maxValueBytes {
			return b.pass(n)
		}
	}
	stem := len(w.Prefix())
	w.Add(b.ref, false)
	key, slots := w.Finish()
	e := entryKey{key: key, terms: len(b.prefix), stem: stem}
	if len(slots) > 0 && b.ts == txn.Pending {
		e.slots = slices.Clone(slots)
	}
	if b.ts != txn.Pending {
		for _, s := range slots {
			s.Fill(key, b.ts)
		}
	}
	b.out = append(b.out, e)
	if b.size += len(key); b.size > txn.MaxBytes {
		return &TooLarge{What: "Index entry", Bytes: b.size, Limit: txn.MaxBytes}
	}
	return nil
}
