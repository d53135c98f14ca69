package catalog

import (
	"encoding/binary"
	"maps"
	"sync"

	"seriatim/txn"
	"seriatim/value"
)

// schema is the parsed definitions of one database. A schema in a Cache is
// shared and never changes.
type schema struct {
	collections map[value.CollectionID]*Collection
	indexes     map[int64]*Index
	functions   map[int64]*Function
	roles       map[int64]*Role
	providers   map[int64]*AccessProvider
	names       map[value.CollectionID]map[string]int64
	bySource    map[value.CollectionID][]*Index // in order of index identity
	members     map[value.CollectionID][]Member // in order of role identity
	uni         *Uni                            // nil for a database that is none
}

// Cache keeps the parsed definitions of databases, the newest version seen of
// each, for all transactions of a process. Whether it holds a database changes
// no answer.
type Cache struct {
	mu    sync.RWMutex
	items map[uint64]cached
	limit int
}

type cached struct {
	version int64
	defs    *schema
}

// NewCache returns a cache of at most limit databases.
func NewCache(limit int) *Cache {
	return &Cache{items: make(map[uint64]cached), limit: max(limit, 1)}
}

func (c *Cache) get(db uint64, version int64) *schema {
	if c == nil {
		return nil
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if item, ok := c.items[db]; ok && item.version == version {
		return item.defs
	}
	return nil
}

// put keeps defs unless a newer version is known.
func (c *Cache) put(db uint64, version int64, defs *schema) {
	if c == nil || version == txn.Pending {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if item, ok := c.items[db]; ok && item.version > version {
		return
	}
	c.items[db] = cached{version, defs}
	for other := range c.items {
		if len(c.items) <= c.limit {
			return
		}
		if other != db {
			delete(c.items, other)
		}
	}
}

// The value of a schema key: the parent database and whether the database is a
// container.
func encodeSchemaState(parent uint64, container bool) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 9), parent)
	if container {
		return append(b, 1)
	}
	return append(b, 0)
}

func decodeSchemaState(b []byte) (parent uint64, container bool) {
	return binary.BigEndian.Uint64(b), b[8] == 1
}

// schema returns the definitions as this transaction sees them. They need not
// join the read set: the schema key, which changes with them, has.
func (v *View) schema() (*schema, error) {
	if v.defs != nil {
		return v.defs, nil
	}
	cache := v.session.options.Cache
	if v.defs = cache.get(v.db, v.version); v.defs != nil {
		return v.defs, nil
	}
	defs, err := v.loadSchema()
	if err != nil {
		return nil, err
	}
	v.defs, v.own = defs, v.version == txn.Pending
	cache.put(v.db, v.version, defs)
	return defs, nil
}

// loadSchema parses every definition of the database.
func (v *View) loadSchema() (*schema, error) {
	s := &schema{
		collections: make(map[value.CollectionID]*Collection),
		indexes:     make(map[int64]*Index),
		functions:   make(map[int64]*Function),
		roles:       make(map[int64]*Role),
		providers:   make(map[int64]*AccessProvider),
		names:       make(map[value.CollectionID]map[string]int64),
	}
	for _, native := range []value.CollectionID{value.Collections, value.Indexes, value.Functions, value.Roles, value.AccessProviders} {
		s.names[native] = make(map[string]int64)
		if err := v.loadDefinitions(s, native); err != nil {
			return nil, err
		}
	}
	s.link()
	if err := v.loadRetention(s); err != nil {
		return nil, err
	}
	if err := v.loadIndexStates(s); err != nil {
		return nil, err
	}
	var err error
	s.uni, err = v.loadUni()
	return s, err
}

// loadIndexStates reads what the entries of every index were made with.
func (v *View) loadIndexStates(s *schema) error {
	lo := appendPrefix(make([]byte, 0, prefixSize), v.db, kindIndexState)
	hi := after(append([]byte(nil), lo...))
	c := v.session.tx.PeekScan(lo, hi, false)
	defer c.Close()
	for c.Next() {
		if x := s.indexes[decodeID(c.Key()[len(lo):])]; x != nil {
			x.collation, _ = binary.Uvarint(c.Value())
		}
	}
	return c.Err()
}

func (v *View) loadDefinitions(s *schema, native value.CollectionID) error {
	lo := appendCollection(appendPrefix(make([]byte, 0, prefixSize+collectionSize), v.db, kindDocument), native)
	hi := after(append([]byte(nil), lo...))
	c := v.session.tx.PeekScan(lo, hi, false)
	defer c.Close()
	for c.Next() {
		id := decodeID(c.Key()[len(lo):])
		doc, err := decodeVersion(value.Ref{Collection: native, ID: id}, c.Value(), c.TS())
		if err != nil {
			return err
		}
		if err := s.put(native, id, doc.Body()); err != nil {
			return err
		}
	}
	return c.Err()
}

// put parses a definition into s, in place of an older one.
func (s *schema) put(native value.CollectionID, id int64, body *value.Object) error {
	switch native {
	case value.Collections:
		c := parseCollection(id, body)
		if old := s.collections[c.ID]; old != nil {
			c.floor, c.birth = old.floor, old.birth
		}
		s.drop(native, id)
		s.collections[c.ID] = c
	case value.Indexes:
		x, failures := parseIndex(id, body)
		if len(failures) > 0 {
			return &Invalid{failures}
		}
		if old := s.indexes[id]; old != nil {
			x.collation = old.collation
		}
		s.drop(native, id)
		s.indexes[id] = x
	case value.Functions:
		s.drop(native, id)
		s.functions[id] = parseFunction(id, body)
	case value.Roles:
		s.drop(native, id)
		s.roles[id] = parseRole(id, body)
	case value.AccessProviders:
		s.drop(native, id)
		s.providers[id] = parseProvider(id, body)
	}
	s.names[native][nameOf(body)] = id
	return nil
}

// drop forgets a definition.
func (s *schema) drop(native value.CollectionID, id int64) {
	switch native {
	case value.Collections:
		if c := s.collections[value.CollectionID(id)]; c != nil {
			delete(s.names[native], c.Name)
			delete(s.collections, c.ID)
		}
	case value.Indexes:
		if x := s.indexes[id]; x != nil {
			delete(s.names[native], x.Name)
			delete(s.indexes, id)
		}
	case value.Functions:
		if f := s.functions[id]; f != nil {
			delete(s.names[native], f.Name)
			delete(s.functions, id)
		}
	case value.Roles:
		if r := s.roles[id]; r != nil {
			delete(s.names[native], r.Name)
			delete(s.roles, id)
		}
	case value.AccessProviders:
		if p := s.providers[id]; p != nil {
			delete(s.names[native], p.Name)
			delete(s.providers, id)
		}
	}
}

// link finds the indexes of every collection, and the roles it is a member of.
func (s *schema) link() {
	s.members = make(map[value.CollectionID][]Member)
	for _, id := range sortedKeys(s.roles) {
		for _, m := range s.roles[id].Membership {
			s.members[m.Collection] = append(s.members[m.Collection], Member{s.roles[id], m.When})
		}
	}
	s.bySource = make(map[value.CollectionID][]*Index)
	for _, id := range sortedKeys(s.indexes) {
		x := s.indexes[id]
		if x.Wildcard() {
			for c := range s.collections {
				s.bySource[c] = append(s.bySource[c], x)
			}
			for _, c := range x.Sources() {
				if c < value.FirstUserCollection {
					s.bySource[c] = append(s.bySource[c], x)
				}
			}
			continue
		}
		for _, c := range x.Sources() {
			s.bySource[c] = append(s.bySource[c], x)
		}
	}
}

// define changes the definitions this transaction sees, after it wrote or, with
// a nil body, deleted the definition, and writes the schema key.
func (v *View) define(native value.CollectionID, id int64, body *value.Object) error {
	s, err := v.ownSchema()
	if err != nil {
		return err
	}
	if body == nil {
		s.drop(native, id)
	} else if err := s.put(native, id, body); err != nil {
		return err
	}
	s.link()
	v.touchSchema()
	return nil
}

// ownSchema returns the definitions this transaction sees, to be changed.
func (v *View) ownSchema() (*schema, error) {
	s, err := v.schema()
	if err != nil || v.own {
		return s, err
	}
	v.own = true
	v.defs = &schema{
		collections: maps.Clone(s.collections), indexes: maps.Clone(s.indexes), functions: maps.Clone(s.functions),
		roles: maps.Clone(s.roles), providers: maps.Clone(s.providers), names: cloneNames(s.names),
		bySource: s.bySource, members: s.members, uni: s.uni,
	}
	return v.defs, nil
}

// touchSchema writes the schema key, so that every transaction that used a
// definition of this database conflicts.
func (v *View) touchSchema() {
	v.version = txn.Pending
	v.session.tx.Put(schemaKey(v.db), encodeSchemaState(v.parent, v.container), nil, nil)
}

func cloneNames(names map[value.CollectionID]map[string]int64) map[value.CollectionID]map[string]int64 {
	clone := make(map[value.CollectionID]map[string]int64, len(names))
	for native, ids := range names {
		clone[native] = maps.Clone(ids)
	}
	return clone
}
