package eval

import "seriatim/value"

// What is stored spells references as its own database does. Seen from another
// database they name the one they lie in.

// abroad returns v, which is stored in the database db, as seen from another one.
func abroad(v value.Value, db uint64) value.Value {
	switch v := v.(type) {
	case value.Ref:
		return refAbroad(v, db)
	case value.Array:
		return value.Array(valuesAbroad(v, db))
	case *value.Object:
		fields := make([]value.Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = value.Field{Name: f.Name, Value: abroad(f.Value, db)}
		}
		return value.NewObject(fields...)
	case *value.Set:
		return setAbroad(v, db)
	}
	return v
}

func refAbroad(r value.Ref, db uint64) value.Ref {
	if r.Database == 0 {
		r.Database = db
	}
	return r
}

func valuesAbroad(values []value.Value, db uint64) []value.Value {
	out := make([]value.Value, len(values))
	for i, v := range values {
		out[i] = abroad(v, db)
	}
	return out
}

func setAbroad(s *value.Set, db uint64) *value.Set {
	seen := *s
	seen.Ref = refAbroad(s.Ref, db)
	if s.Terms != nil {
		seen.Terms = valuesAbroad(s.Terms, db)
	}
	if s.From != nil {
		seen.From = abroad(s.From, db)
	}
	if s.To != nil {
		seen.To = abroad(s.To, db)
	}
	seen.Of = make([]*value.Set, len(s.Of))
	for i, of := range s.Of {
		seen.Of[i] = setAbroad(of, db)
	}
	return &seen
}

// documentAbroad returns a document of the database db as seen from another one.
func documentAbroad(d *value.Document, db uint64) *value.Document {
	seen := value.NewDocument(refAbroad(d.Ref, db), abroad(d.Body(), db).(*value.Object))
	seen.TS, seen.Unresolved, seen.Deleted = d.TS, d.Unresolved, d.Deleted
	return seen
}
