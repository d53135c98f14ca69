package model

import (
	"encoding/json"

	"seriatim/syntax"
	"seriatim/wire"
)

// withSetLiterals is a query as the wire has it, with sets spelled as values wherever
// everything in them is a literal.
func withSetLiterals(text string) string {
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		return text
	}
	changed := false
	v := spellSets(parseJSON(wire.AppendExpr(nil, queries[0].Expr)), &changed)
	if _, object := v.(map[string]any); !changed || !object {
		return text
	}
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return "wire:" + string(body)
}

// spellSets replaces the sets in a query.
func spellSets(v any, changed *bool) any {
	if m, ok := v.(map[string]any); ok && isSetForm(m) {
		if s, ok := spelled(m); ok {
			*changed = true
			return s
		}
	}
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = spellSets(v[i], changed)
		}
	case map[string]any:
		for n := range v {
			v[n] = spellSets(v[n], changed)
		}
	}
	return v
}

func isSetForm(m map[string]any) bool {
	for _, n := range []string{"match", "documents", "singleton", "union", "intersection", "difference", "distinct"} {
		if _, ok := m[n]; ok {
			_, terms := m["terms"]
			return len(m) == 1 || n == "match" && terms && len(m) == 2
		}
	}
	return false
}

// spelled is a part of a set as a value.
func spelled(v any) (any, bool) {
	switch v := v.(type) {
	case []any:
		out := []any{}
		for _, x := range v {
			y, ok := spelled(x)
			if !ok {
				return nil, false
			}
			out = append(out, y)
		}
		return out, true
	case map[string]any:
		return spelledForm(v)
	}
	return v, true
}

func spelledForm(m map[string]any) (any, bool) {
	if isSetForm(m) {
		body := map[string]any{}
		for n, x := range m {
			y, ok := spelled(x)
			if _, array := y.([]any); !ok || array && n != "terms" && len(m) == 1 && (n == "match" || n == "documents" || n == "singleton" || n == "distinct") {
				return nil, false
			}
			body[n] = y
		}
		if _, text := body["match"].(string); text {
			return nil, false
		}
		return map[string]any{"@set": body}, true
	}
	native := func(name, id any) any {
		return map[string]any{"@ref": map[string]any{"id": id, "collection": map[string]any{"@ref": map[string]any{"id": name}}}}
	}
	if id, ok := m["index"]; ok && len(m) == 1 {
		return native("indexes", id), true
	}
	if id, ok := m["collection"]; ok && len(m) == 1 {
		return native("collections", id), true
	}
	if coll, ok := m["ref"].(map[string]any); ok && len(m) == 2 && m["id"] != nil {
		c, ok := spelled(coll)
		if id, text := m["id"].(string); ok && text {
			return map[string]any{"@ref": map[string]any{"id": id, "collection": c}}, true
		}
	}
	return nil, false
}
