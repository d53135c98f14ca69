package sim

import "fmt"

// CheckUnique checks inserts that a unique index guards (Insert, Delete, and
// Read, whose List is every document found under the key; other steps are
// ignored). Each key must behave like one slot: an insert succeeds exactly if
// the slot is empty, a refused one proves that it was full, and a deleted key
// can be used again. A Fail is taken to say nothing but that it had no effect;
// a recorder that sees "not unique" records an Ok with Refused. Classes:
//
//	duplicate         a read shows two documents under one key
//	phantom           a read shows a document that nobody inserted
//	G1a               a read shows a document of a failed insert
//	double-insert     two inserts succeeded and nobody deleted in between
//	lost-insert       an acknowledged document, never deleted, is missing afterwards
//	not-linearizable  no order of a key's operations explains their results
//	undecided         the search for a key took too long
func CheckUnique(h History) []Anomaly {
	u := &unique{h: h, keys: make(map[string]*uniqueKey)}
	for i := range h {
		for j := range h[i].Micros {
			u.record(&h[i], &h[i].Micros[j])
		}
	}
	for _, name := range u.names.text {
		u.direct(name)
	}
	return append(u.found, checkLinear(u.calls(), holder, linearLimit)...)
}

type unique struct {
	h     History
	names names
	keys  map[string]*uniqueKey
	found []Anomaly
}

type uniqueKey struct {
	inserts map[int64]*Op // by document
	won     []call        // acknowledged inserts
	deletes int           // that happened, perhaps
	reads   []call
	calls   []call // for the search
	broken  bool   // reported already, no search needed
}

func (u *unique) record(o *Op, m *Micro) {
	if m.Act != Insert && m.Act != Delete && m.Act != Read {
		return
	}
	u.names.id(m.Key)
	k := u.keys[m.Key]
	if k == nil {
		k = &uniqueKey{inserts: make(map[int64]*Op)}
		u.keys[m.Key] = k
	}
	c := call{o, m, o.Outcome == Info}
	switch {
	case m.Act == Insert && !o.refused(m):
		k.inserts[m.Value] = o
		if o.Outcome == Ok {
			k.won = append(k.won, c)
		}
	case m.Act == Delete && !o.refused(m) && o.Outcome != Fail:
		k.deletes++
	case m.Act == Read && o.Outcome == Ok:
		k.reads = append(k.reads, c)
	}
	if o.Outcome != Fail && !o.Session && (m.Act != Read || o.Outcome == Ok) {
		k.calls = append(k.calls, c)
	}
}

// direct finds what needs no search and explains it better than a search can.
func (u *unique) direct(name string) {
	k := u.keys[name]
	for _, r := range k.reads {
		u.judgeRead(name, k, r)
	}
	if k.deletes > 0 {
		return
	}
	if len(k.won) > 1 {
		k.broken = true
		u.report("double-insert", "two inserts under %s succeeded\n  %s\n  %s", name, k.won[0].op.brief(), k.won[1].op.brief())
	}
	for _, w := range k.won {
		for _, r := range k.reads {
			if before(w.op, r.op) && len(r.m.List) == 0 {
				k.broken = true
				u.report("lost-insert", "document %d under %s was acknowledged and is missing\n  %s\n  %s", w.m.Value, name, w.op.brief(), r.op.brief())
				return
			}
		}
	}
}

func (u *unique) judgeRead(name string, k *uniqueKey, r call) {
	if len(r.m.List) > 1 {
		k.broken = true
		u.report("duplicate", "%s has %d documents\n  %s", name, len(r.m.List), r.op.brief())
	}
	for _, doc := range r.m.List {
		writer := k.inserts[doc]
		switch {
		case writer == nil:
			k.broken = true
			u.report("phantom", "document %d under %s was never inserted\n  %s", doc, name, r.op.brief())
		case writer.Outcome == Fail:
			k.broken = true
			u.report("G1a", "document %d under %s comes from failed %s\n  %s\n  %s", doc, name, writer.name(), writer.brief(), r.op.brief())
		}
	}
}

func (u *unique) report(class, format string, args ...any) {
	u.found = append(u.found, Anomaly{class, fmt.Sprintf(format, args...)})
}

func (u *unique) calls() map[string][]call {
	calls := make(map[string][]call)
	for name, k := range u.keys {
		if !k.broken {
			calls[name] = k.calls
		}
	}
	return calls
}

// holder is the object of CheckUnique: which document holds the key.
func holder(s slot, m *Micro, unknown bool) (bool, slot) {
	switch {
	case m.Act == Read:
		return len(m.List) == 0 && !s.full || len(m.List) == 1 && s.full && s.value == m.List[0], s
	case m.Act == Insert && (m.Refused && !unknown):
		return s.full, s
	case m.Act == Delete && m.Refused && !unknown:
		return !s.full || s.value != m.Value, s
	case m.Act == Insert && !s.full:
		return true, slot{true, m.Value}
	case m.Act == Delete && s.full && s.value == m.Value:
		return true, slot{}
	}
	return unknown, s
}
