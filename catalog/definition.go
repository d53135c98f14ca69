package catalog

import (
	"fmt"
	"slices"
	"sync/atomic"

	"seriatim/value"
)

// Collection is a parsed collection definition. It is shared and must not be
// modified.
type Collection struct {
	ID   value.CollectionID
	Name string
	// HistoryDays is how long history is kept; KeepForever when it has no end.
	HistoryDays int64
	// TTLDays is the life that a document without its own ttl gets when it is
	// written; 0 is endless.
	TTLDays int64

	floor int64 // up to when history is gone whatever HistoryDays say
	birth int64 // when it was made, txn.Pending by the transaction itself; 0 is long ago
}

// KeepForever is the HistoryDays of a collection whose history_days is null.
const KeepForever int64 = -1

// Function is a parsed function definition. It is shared between transactions
// and must not be modified, but for Code.
type Function struct {
	ID   int64
	Name string
	Body *value.Lambda
	// Role is the stored role member, nil when the caller's rights apply.
	Role value.Value
	// Code is the evaluator's: its parsed form of Body, loaded and stored
	// atomically because transactions share the definition.
	Code atomic.Value
}

// Index is a parsed index definition. It is shared and must not be modified.
type Index struct {
	ID   int64
	Name string
	// Unique refuses a second document with equal terms and values.
	Unique bool
	// Serialized tells whether reads join the read set; those of a unique index
	// always do.
	Serialized bool
	// Active tells whether the index may be read.
	Active bool
	Terms  []IndexField
	Values []IndexField

	sources   []indexSource
	collation uint64 // the revision of the order of strings in its entries
}

// usable checks that entries sort as this program sorts values.
func (x *Index) usable() error {
	if x.collation == uint64(value.CollationRevision) {
		return nil
	}
	return &Unsupported{Feature: fmt.Sprintf("index %s, whose entries are in the order of collation revision %d "+
		"while this release has %d; create it anew", x.Name, x.collation, value.CollationRevision)}
}

// Ref returns the reference of the definition.
func (x *Index) Ref() value.Ref { return value.Ref{Collection: value.Indexes, ID: x.ID} }

// Wildcard reports whether every user collection is a source.
func (x *Index) Wildcard() bool {
	for i := range x.sources {
		if x.sources[i].wildcard {
			return true
		}
	}
	return false
}

// Sources returns the collections named as sources. The caller owns the slice.
func (x *Index) Sources() []value.CollectionID {
	var ids []value.CollectionID
	for i := range x.sources {
		ids = append(ids, x.sources[i].collections...)
	}
	return ids
}

// IndexField is one term or value of an index (section 4.4).
type IndexField struct {
	// Path leads to the field: strings and ints. It is empty for a binding.
	Path []value.Value
	// Binding names a binding of the source, when Path is empty.
	Binding string
	// Reverse turns the order of a value.
	Reverse bool
	// MVA spreads arrays over several entries.
	MVA bool
	// Casefold folds strings (NFKC_Casefold).
	Casefold bool
}

// indexSource is one element of source: collections, or the wildcard, that
// share bindings.
type indexSource struct {
	wildcard    bool
	collections []value.CollectionID
	bindings    []binding
}

type binding struct {
	name   string
	lambda *value.Lambda
}

// bindingsOf returns the bindings that apply to a collection; ok is false when
// the collection is not a source.
func (x *Index) bindingsOf(c value.CollectionID) (b []binding, ok bool) {
	for i := range x.sources {
		s := &x.sources[i]
		if slices.Contains(s.collections, c) {
			return s.bindings, true
		}
		if s.wildcard && c >= value.FirstUserCollection {
			b, ok = s.bindings, true
		}
	}
	return b, ok
}
