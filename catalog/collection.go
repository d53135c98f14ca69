package catalog

import "seriatim/value"

// collectionNoun is user collections.
type collectionNoun struct{}

var collectionMask = []string{"name", "data", "history_days", "ttl_days"}

func (collectionNoun) mask() []string { return collectionMask }

func (collectionNoun) fresh(v *View) (int64, error) {
	return next(v.session.tx, sequenceKey(v.db, value.Collections),
		int64(value.FirstUserCollection), int64(value.LastUserCollection))
}

// defaults is nothing: defaultsOf knows better.
func (collectionNoun) defaults() *value.Object { return nil }

func (collectionNoun) kept(prev *value.Object) *value.Object {
	return mask(prev, []string{"name", "history_days"})
}

func (collectionNoun) prepare(v *View, id int64, prev, next *value.Object) (*value.Object, error) {
	if prev == nil && (id < int64(value.FirstUserCollection) || id > int64(value.LastUserCollection)) {
		return nil, &Unsupported{Feature: "collections with an identity outside 1024 to 32767"}
	}
	var k checker
	k.checkData(next)
	if days, ok := optional[value.Int](&k, next, "history_days", "Long"); ok && days < 0 {
		k.fail("non-negative value required", "Value must be non-negative.", "history_days")
	}
	if days, ok := optional[value.Int](&k, next, "ttl_days", "Long"); ok && days < 0 {
		k.fail("non-negative value required", "Value must be non-negative.", "ttl_days")
	}
	k.checkName(next)
	if err := v.checkRefs(&k, next); err != nil {
		return nil, err
	}
	if err := k.err(); err != nil {
		return nil, err
	}
	return next, v.reserve(value.Collections, id, next)
}

// saved follows a collection's write. Its documents are not touched when it goes:
// they cannot be reached, and its identity is never given out again.
func (collectionNoun) saved(v *View, id int64, prev, next *value.Object) error {
	v.rename(value.Collections, id, prev, next)
	if next == nil {
		v.session.tx.Delete(retentionKey(v.db, value.CollectionID(id)))
		if err := v.dropIndexesOf(value.CollectionID(id)); err != nil {
			return err
		}
	}
	if prev == nil || next == nil {
		err := v.define(value.Collections, id, next)
		if err == nil && prev == nil {
			err = v.beginRetention(value.CollectionID(id))
		}
		return err
	}
	days := parseCollection(id, prev).HistoryDays
	if err := v.define(value.Collections, id, next); err != nil || days == parseCollection(id, next).HistoryDays {
		return err
	}
	floor, err := v.changeRetention(value.CollectionID(id), days)
	v.defs.collections[value.CollectionID(id)].floor = floor // this transaction's own, as define made it
	return err
}

// dropIndexesOf deletes the indexes whose only source is a collection.
func (v *View) dropIndexesOf(c value.CollectionID) error {
	s, err := v.schema()
	if err != nil {
		return err
	}
	for _, id := range sortedKeys(s.indexes) {
		x := s.indexes[id]
		if x.Wildcard() || !onlySource(x.Sources(), c) {
			continue
		}
		if _, err := v.Delete(x.Ref()); err != nil {
			return err
		}
	}
	return nil
}

func onlySource(sources []value.CollectionID, c value.CollectionID) bool {
	for _, s := range sources {
		if s != c {
			return false
		}
	}
	return len(sources) > 0
}

func parseCollection(id int64, body *value.Object) *Collection {
	c := &Collection{ID: value.CollectionID(id), Name: nameOf(body), HistoryDays: KeepForever}
	if days, ok := body.Get("history_days"); ok {
		c.HistoryDays = int64(days.(value.Int))
	}
	if days, ok := body.Get("ttl_days"); ok {
		c.TTLDays = min(int64(days.(value.Int)), 1e6)
	}
	return c
}
