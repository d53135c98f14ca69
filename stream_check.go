package seriatim

import (
	"context"
	"errors"
	"slices"
	"time"

	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/syntax"
	"seriatim/txn"
	"seriatim/value"
)

// recheck establishes, at the newest state, that the caller still is who it was and
// that what it follows is still there. Each event does so too, at its transaction;
// this is for streams on which nothing happens, and those that are behind.
func (s *Stream) recheck(ctx context.Context) error {
	reader, ts := s.db.replica.Snapshot()
	s.checked = time.Now()
	return s.at(ctx, reader, ts, s.db.clock(), func(*execution, *catalog.View) error { return nil })
}

// at runs f in a transaction at a snapshot, if the caller still is who it was. view
// is that of the target's database.
func (s *Stream) at(ctx context.Context, reader txn.Reader, ts, clock int64, f func(x *execution, view *catalog.View) error) error {
	tx := txn.Begin(reader, ts, clock)
	defer tx.Close()
	q := query{db: s.db, req: s.req}
	x := q.execution(ctx, tx)
	x.known, x.who = true, s.who
	if resp := x.identify(); resp != nil && resp.Status != statusUnauthorized {
		return errors.Join(errNoReply, resp.Err)
	} else if resp != nil {
		return lost(ts)
	}
	roles, err := roleTimes(x.who, x.view)
	if err != nil {
		return err
	}
	if !slices.Equal(roles, s.roles) {
		return lost(ts)
	}
	view, err := x.view.In(targetRef(s.target).Database)
	if errors.Is(err, catalog.ErrNotFound) || err == nil && !exists(view, s.target) {
		return &streamError{ts, "invalid ref", s.gone}
	}
	if err != nil {
		return err
	}
	return errors.Join(f(x, view), x.env.Cause())
}

// lost is the end of a stream whose caller may not have it any more.
func lost(ts int64) error {
	return &streamError{ts, "permission denied", "Authorization lost during stream evaluation."}
}

// collectionOf returns the collection that a target is about; ok is false when it is
// an index.
func collectionOf(target value.Value) (c value.CollectionID, ok bool) {
	set, isSet := target.(*value.Set)
	switch {
	case !isSet:
		return targetRef(target).Collection, true
	case set.Op == value.SetDocuments:
		return value.CollectionID(set.Ref.ID), true
	}
	return 0, false
}

// exists tells whether the collection or the index of a target is there.
func exists(view *catalog.View, target value.Value) bool {
	c, ok := collectionOf(target)
	if ok {
		_, ok = view.Collection(c)
		return ok
	}
	_, ok = view.Index(targetRef(target).ID)
	return ok
}

// goneText is what a stream ends with when the collection or index of its target
// goes: what opening it again would say.
func goneText(view *catalog.View, target value.Value, version syntax.Version) string {
	ref, noun := value.Ref{Collection: value.Indexes, ID: targetRef(target).ID}, "index"
	if c, ok := collectionOf(target); ok {
		ref, noun = value.Ref{Collection: value.Collections, ID: int64(c)}, "collection"
		if version < syntax.V27 {
			noun = "class"
		}
	}
	name, _ := view.Name(ref)
	return "Ref refers to undefined " + noun + " '" + name + "'"
}

// roleTime is a role, or what gives roles, as it was written at a time.
type roleTime struct {
	ref value.Ref
	ts  int64
}

// roleTimes returns what may give an identity its rights. A stream ends when some of
// it changes, as in the core.
func roleTimes(who auth.Identity, v *catalog.View) ([]roleTime, error) {
	var times []roleTime
	for _, ref := range grantors(who, v) {
		doc, err := v.Get(ref, 0)
		if err != nil {
			return nil, err
		}
		if doc != nil {
			times = append(times, roleTime{ref, doc.TS})
		}
	}
	return times, nil
}

// grantors returns the roles that an identity may have, and the access provider that
// gives them.
func grantors(who auth.Identity, v *catalog.View) []value.Ref {
	ids := slices.Clone(who.Roles)
	var refs []value.Ref
	switch who.Kind {
	case auth.Document:
		for _, m := range v.RolesOf(who.Instance.Collection) {
			ids = append(ids, m.Role.ID)
		}
	case auth.Bearer:
		refs = append(refs, value.Ref{Collection: value.AccessProviders, ID: who.Provider})
		if provider, ok := v.AccessProvider(who.Provider); ok {
			for _, p := range provider.Roles {
				ids = append(ids, v.Roles(p.Role)...)
			}
		}
	}
	for _, id := range ids {
		refs = append(refs, value.Ref{Collection: value.Roles, ID: id})
	}
	return refs
}
