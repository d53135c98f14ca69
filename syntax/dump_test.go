package syntax

import (
	"fmt"
	"strconv"
	"strings"

	"seriatim/value"
)

// dump spells a tree as the wire does, so that tests show what the driver would
// send. Doubles keep their point and data is under its tag.
func dump(e Expr) string {
	switch e := e.(type) {
	case *Literal:
		return dumpValue(e.Value)
	case *Array:
		return "[" + dumpAll(e.Elems) + "]"
	case *Object:
		return `{"object": ` + dumpMembers(e.Members) + "}"
	case *Var:
		return fmt.Sprintf(`{"var": %q}`, e.Name)
	case *Let:
		return dumpLet(e)
	case *Lambda:
		return dumpLambda(e)
	case *Form:
		return dumpForm(e)
	case *RefLiteral:
		return `{"@ref": "` + dumpRef(e) + `"}`
	}
	return fmt.Sprintf("<%T>", e)
}

func dumpValue(v value.Value) string {
	switch v := v.(type) {
	case value.Array, *value.Object:
		return `{"quote": ` + strings.TrimSuffix(strings.TrimPrefix(printed(v), "Quote("), ")") + "}"
	case value.Bytes, value.UUID, value.Time, value.Date:
		tag, text := tagged(v)
		return fmt.Sprintf(`{"@%s": %q}`, strings.ToLower(tag), text)
	}
	return printed(v)
}

func dumpAll(list []Expr) string {
	var parts []string
	for _, e := range list {
		parts = append(parts, dump(e))
	}
	return strings.Join(parts, ", ")
}

func dumpMembers(members []Member) string {
	var parts []string
	for _, m := range members {
		parts = append(parts, strconv.Quote(m.Name)+": "+dump(m.Expr))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func dumpLet(e *Let) string {
	bindings := dumpMembers(e.Bindings)
	if e.ArrayForm {
		var parts []string
		for i := range e.Bindings {
			parts = append(parts, dumpMembers(e.Bindings[i:i+1]))
		}
		bindings = "[" + strings.Join(parts, ", ") + "]"
	}
	return `{"let": ` + bindings + `, "in": ` + dump(e.In) + "}"
}

func dumpLambda(e *Lambda) string {
	params := fmt.Sprintf("%q", e.Params)
	if !e.Array {
		params = fmt.Sprintf("%q", e.Params[0])
	}
	return `{"lambda": ` + strings.ReplaceAll(params, `" "`, `", "`) + `, "expr": ` + dump(e.Body) + "}"
}

func dumpForm(e *Form) string {
	var parts []string
	for i, p := range FormOf(e.Op).Params {
		if e.Args[i] != nil {
			parts = append(parts, strconv.Quote(p.Key)+": "+dump(e.Args[i]))
		} else if p.Null {
			parts = append(parts, strconv.Quote(p.Key)+": null")
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func dumpRef(r *RefLiteral) string {
	if r.Collection == nil {
		return r.ID
	}
	return dumpRef(r.Collection) + "/" + r.ID
}
