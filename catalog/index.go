package catalog

import (
	"encoding/binary"
	"fmt"
	"strings"

	"seriatim/value"
)

// indexNoun is indexes.
type indexNoun struct{}

var indexMask = []string{"name", "data", "source", "terms", "values", "unique", "serialized", "active", "partitions"}

func (indexNoun) mask() []string { return indexMask }

func (indexNoun) fresh(v *View) (int64, error) {
	return next(v.session.tx, sequenceKey(v.db, value.Indexes), value.FirstIndex, value.LastIndex)
}

func (indexNoun) defaults() *value.Object {
	return value.NewObject(
		value.Field{Name: "active", Value: value.Bool(false)},
		value.Field{Name: "serialized", Value: value.Bool(true)})
}

func (indexNoun) kept(prev *value.Object) *value.Object {
	return mask(prev, []string{"name", "unique"})
}

func (indexNoun) prepare(v *View, id int64, prev, next *value.Object) (*value.Object, error) {
	if prev == nil && (id < value.FirstIndex || id > value.LastIndex) {
		return nil, &Unsupported{Feature: "indexes with an identity outside 32768 to 65535"}
	}
	next = maskFields(maskFields(next, "terms"), "values")
	var k checker
	k.checkData(next)
	k.checkName(next)
	x, failures := parseIndex(id, next)
	k.failures = append(k.failures, failures...)
	next = v.partition(&k, prev, next)
	if x != nil {
		v.checkSources(&k, x)
	}
	if err := v.checkRefs(&k, next); err != nil {
		return nil, err
	}
	if err := k.err(); err != nil {
		return nil, err
	}
	if prev == nil {
		built, err := v.prepareBuild(x)
		if err != nil {
			return nil, err
		}
		// One that is active from the start shows what is there already.
		return next.With("active", value.Bool(built || x.Active)), v.reserve(value.Indexes, id, next)
	}
	if err := checkShape(prev, next); err != nil {
		return nil, err
	}
	if active, _ := prev.Get("active"); active == value.Bool(true) {
		next = next.With("active", value.Bool(true))
	}
	return next, v.reserve(value.Indexes, id, next)
}

// saved registers the index and, when it is new, fills it or has that done by a job.
func (indexNoun) saved(v *View, id int64, prev, next *value.Object) error {
	v.rename(value.Indexes, id, prev, next)
	if next == nil {
		v.session.tx.Delete(indexStateKey(v.db, id))
		v.session.tx.Delete(jobKey(v.db, id))
	}
	if err := v.define(value.Indexes, id, next); err != nil || prev != nil || next == nil {
		return err
	}
	x, ok := v.Index(id)
	if !ok {
		return ErrNotFound
	}
	x.collation = uint64(value.CollationRevision)
	v.session.tx.Put(indexStateKey(v.db, id), binary.AppendUvarint(nil, x.collation), nil, nil)
	b := v.session.builds[id]
	if b == nil {
		v.startJob(id)
		return v.session.tx.Err()
	}
	delete(v.session.builds, id)
	b.index = x
	return b.write()
}

// prepareBuild works out the entries of a new index, for saved to write, and reports
// whether that was done: one that is too large for a transaction is left to a job.
func (v *View) prepareBuild(x *Index) (built bool, err error) {
	x.collation = uint64(value.CollationRevision)
	b := v.newBuilder(x)
	if err := b.gather(); err == errLargeBuild {
		return false, nil
	} else if err != nil {
		return false, err
	}
	if v.session.builds == nil {
		v.session.builds = make(map[int64]*builder)
	}
	v.session.builds[x.ID] = b
	return true, nil
}

// maskFields drops the unknown members of the elements of terms or values.
func maskFields(body *value.Object, name string) *value.Object {
	known := []string{"field", "binding", "reverse", "mva", "transform"}
	m, _ := body.Get(name)
	switch m := m.(type) {
	case *value.Object:
		return body.With(name, mask(m, known))
	case value.Array:
		kept := make(value.Array, len(m))
		for i, e := range m {
			kept[i] = e
			if o, ok := e.(*value.Object); ok {
				kept[i] = mask(o, known)
			}
		}
		return body.With(name, kept)
	}
	return body
}

// maxPartitions bounds the partitions of an index (section 4.4).
const maxPartitions = 8

// partition checks the number of partitions and fills in the default: eight for
// an index without terms or with the class as its only one, otherwise one. The
// number changes nothing here but is kept and shown.
func (v *View) partition(k *checker, prev, next *value.Object) *value.Object {
	given, ok := next.Get("partitions")
	n, isInt := given.(value.Int)
	switch {
	case ok && !isInt:
		k.wrongType(given, "Long", "partitions")
	case ok && (n < 1 || n > maxPartitions):
		k.fail("bounds error", fmt.Sprintf("Value %d is not in expected range 1 to %d.", n, maxPartitions), "partitions")
	case !ok && prev != nil:
		if before, ok := prev.Get("partitions"); ok {
			return next.With("partitions", before)
		}
	case !ok:
		return next.With("partitions", value.Int(defaultPartitions(next)))
	}
	return next
}

func defaultPartitions(body *value.Object) int64 {
	terms := elements(body, "terms")
	if len(terms) == 0 {
		return maxPartitions
	}
	if o, ok := terms[0].(*value.Object); ok && len(terms) == 1 {
		field, _ := o.Get("field")
		if a, ok := field.(value.Array); ok && len(a) == 1 {
			field = a[0]
		}
		if field == value.String("class") {
			return maxPartitions
		}
	}
	return 1
}

// elements returns a member that holds one thing or an array of them.
func elements(body *value.Object, name string) value.Array {
	m, ok := body.Get(name)
	if a, isArray := m.(value.Array); isArray {
		return a
	}
	if !ok {
		return nil
	}
	return value.Array{m}
}

// checkSources checks what parseIndex cannot: that bindings are used and pure.
func (v *View) checkSources(k *checker, x *Index) {
	pure := v.session.options.Pure
	for i, s := range x.sources {
		for _, b := range s.bindings {
			if pure != nil && !pure(b.lambda) {
				k.fail("invalid binding", "Field binding must be a pure unary function.", "source", i, "fields", b.name)
			}
			if !uses(x.Terms, b.name) && !uses(x.Values, b.name) {
				k.fail("unused binding", "Source binding is not used as a term or value.", "source", i, "fields", b.name)
			}
		}
	}
}

func uses(fields []IndexField, binding string) bool {
	for i := range fields {
		if len(fields[i].Path) == 0 && fields[i].Binding == binding {
			return true
		}
	}
	return false
}

// checkShape refuses a change of what an index is made of.
func checkShape(prev, next *value.Object) error {
	before, after := effectivePartitions(prev), effectivePartitions(next)
	if before != after {
		text := fmt.Sprintf("Index partition count may not be updated (%d -> %d).", before, after)
		return &Invalid{[]Failure{{Code: "invalid index", Description: text}}}
	}
	shape := []string{"source", "terms", "values"}
	changed := difference(mask(prev, shape), mask(next, shape))
	if len(changed.Fields) == 0 {
		return nil
	}
	names := make([]string, len(changed.Fields))
	for i, f := range changed.Fields {
		names[i] = f.Name
	}
	text := "Index sources, terms, and values may not be updated (" + strings.Join(names, ", ") + ")"
	return &Invalid{[]Failure{{Code: "invalid index", Description: text}}}
}

// effectivePartitions is one for a unique index, whatever its definition says.
func effectivePartitions(body *value.Object) int64 {
	if unique, _ := body.Get("unique"); unique == value.Bool(true) {
		return 1
	}
	n, ok := body.Get("partitions")
	if !ok {
		return 1
	}
	return int64(n.(value.Int))
}
