package transfer

import "strconv"

// The queries below are wire JSON. Each evaluates to a result of row.go, so that the
// answer to a batch stays small, and each can be sent again: what is there already is
// compared, not made twice.

// documentQuery writes a document. With a time it is an event inserted into the
// document's history, so that its ts is the source's.
func documentQuery(d *document, params []byte) []byte {
	if d.id == "" {
		out := append(appendCollection([]byte(`{"do":[{"create":`), d.target), `,"params":`...)
		return append(append(out, params...), `},0]}`...)
	}
	ref := appendRef(nil, d.target, d.id)
	out := append(make([]byte, 0, len(params)+4*len(ref)+256), `{"let":[{"p":`...)
	out = append(append(out, params...), `}],"in":{"if":{"exists":`...)
	out = append(append(out, ref...), `},"then":{"let":[{"d":{"get":`...)
	out = append(append(out, ref...), `}}],"in":{"if":{"and":[{"equals":[{"select":"data","from":{"var":"d"},"default":{"object":{}}},{"select":"data","from":{"var":"p"},"default":{"object":{}}}]}`...)
	if d.ts != 0 {
		out = strconv.AppendInt(append(out, `,{"equals":[{"select":"ts","from":{"var":"d"}},`...), d.ts, 10)
		out = append(out, `]}`...)
	}
	out = append(out, `]},"then":1,"else":2}},"else":{"do":[`...)
	if d.ts == 0 {
		out = append(append(out, `{"create":`...), ref...)
	} else {
		out = append(append(append(out, `{"insert":`...), ref...), `,"ts":`...)
		out = append(strconv.AppendInt(out, d.ts, 10), `,"action":"create"`...)
	}
	return append(out, `,"params":{"var":"p"}},0]}}}`...)
}

// credentialsQuery writes credentials with their hash.
func credentialsQuery(id string, params []byte) []byte {
	if id == "" {
		return append(append([]byte(`{"do":[{"create":{"credentials":null},"params":`), params...), `},0]}`...)
	}
	ref := append(quote([]byte(`{"ref":{"credentials":null},"id":`), id), '}')
	out := append([]byte(`{"if":{"exists":`), ref...)
	out = append(append(out, `},"then":1,"else":{"do":[{"create":`...), ref...)
	return append(append(append(out, `,"params":`...), params...), `},0]}}`...)
}

// makers are the functions that make definitions, and the references to them.
var makers = map[string][2]string{
	"collections": {"create_collection", "collection"},
	"indexes":     {"create_index", "index"},
	"functions":   {"create_function", "function"},
	"roles":       {"create_role", "role"},

	"access_providers": {"create_access_provider", "access_provider"},
}

// definitionQuery makes a definition that is not there.
func definitionQuery(target, name string, params []byte) []byte {
	m := makers[target]
	out := append(quote(append(append([]byte(`{"if":{"exists":{"`), m[1]...), `":`...), name), `}},"then":1,"else":{"do":[{"`...)
	out = append(append(append(out, m[0]...), `":`...), params...)
	return append(out, `},0]}}`...)
}

// appendCollectionQuery makes a collection that is not there.
func appendCollectionQuery(dst []byte, name string) []byte {
	return append(dst, definitionQuery("collections", name, append(quote([]byte(`{"object":{"name":`), name), "}}"...))...)
}

// emptyQuery tells whether a collection is absent or empty.
func emptyQuery(name string) []byte {
	c := appendCollection(nil, name)
	out := append(append([]byte(`{"if":{"exists":`), c...), `},"then":{"is_empty":{"documents":`...)
	return append(append(out, c...), `}},"else":true}`...)
}
