package httpapi

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"seriatim"
	"seriatim/syntax"
	"seriatim/wire"
)

// natives are the collections whose documents say what a database is and who may do what
// in it; named are the functions that name one of these documents.
var (
	natives = []syntax.Op{
		syntax.OpDatabases, syntax.OpCollections, syntax.OpClasses, syntax.OpIndexes, syntax.OpFunctions,
		syntax.OpRoles, syntax.OpKeys, syntax.OpAccessProviders,
	}
	named = []syntax.Op{
		syntax.OpDatabaseOf, syntax.OpCollectionOf, syntax.OpClassOf, syntax.OpIndexOf, syntax.OpFunctionOf,
		syntax.OpRoleOf, syntax.OpAccessProviderOf,
	}
	// nativeIDs are the natives as references spell them.
	nativeIDs = []string{"databases", "collections", "classes", "indexes", "functions", "roles", "keys", "access_providers"}
)

// logAdministration logs a query that changed a definition or a key, when it says so
// itself; what stored functions do is in their names. It costs a look at the text of
// queries that changed something.
func (s *Server) logAdministration(w http.ResponseWriter, r *http.Request, q *seriatim.Request, resp *seriatim.Response) {
	if resp.Cost.Changes == 0 || resp.Status >= http.StatusMultipleChoices || !mayAdminister(q.Body) {
		return
	}
	tree, errs := wire.DecodeQuery(q.Body, q.Version)
	if errs != nil {
		return
	}
	if acts := actsOf(tree); len(acts) > 0 {
		s.logAct(w, r, doorQuery, strings.Join(acts, ", "), "by", resp.Caller.Kind, "key", resp.Caller.ID, "status", resp.Status, "txn", resp.TxnTS)
	}
}

// actsOf returns the functions by which a query changes definitions, each once.
func actsOf(tree syntax.Expr) (acts []string) {
	syntax.Walk(tree, func(e syntax.Expr) bool {
		if f, ok := e.(*syntax.Form); ok {
			if act := actOf(f); act != "" && !slices.Contains(acts, act) && len(acts) < maxForms {
				acts = append(acts, act)
			}
		}
		return true
	})
	return acts
}

// actOf returns how a call changes a definition, "" when it changes none.
func actOf(f *syntax.Form) string {
	name := syntax.FormOf(f.Op).Name
	switch f.Op {
	case syntax.OpCreateDatabase, syntax.OpCreateCollection, syntax.OpCreateClass, syntax.OpCreateIndex, syntax.OpCreateFunction,
		syntax.OpCreateRole, syntax.OpCreateKey, syntax.OpCreateAccessProvider, syntax.OpMoveDatabase:
		return name
	case syntax.OpCreate:
		if of := native(f.Args[0]); of != "" {
			return name + " " + of
		}
	case syntax.OpUpdate, syntax.OpReplace, syntax.OpDelete, syntax.OpInsert, syntax.OpRemove:
		if of := definition(f.Args[0]); of != "" {
			return name + " " + of
		}
	}
	return ""
}

// native returns the name of the native collection that an argument is, "" for others.
func native(e syntax.Expr) string {
	switch e := e.(type) {
	case *syntax.Form:
		if slices.Contains(natives, e.Op) {
			return syntax.FormOf(e.Op).Name
		}
	case *syntax.RefLiteral:
		if e.Collection == nil && slices.Contains(nativeIDs, e.ID) {
			return e.ID
		}
	}
	return ""
}

// definition returns what kind of definition an argument names, "" for a document.
func definition(e syntax.Expr) string {
	switch e := e.(type) {
	case *syntax.Form:
		if slices.Contains(named, e.Op) {
			return syntax.FormOf(e.Op).Name
		}
		if e.Op == syntax.OpRef {
			return native(e.Args[0])
		}
	case *syntax.RefLiteral:
		if e.Collection != nil {
			return native(e.Collection)
		}
	}
	return ""
}

// marks are the words of which one stands in the text of every query that changes a
// definition. The true ones count only as the argument of a function that changes what it
// names.
var marks = map[string]bool{
	"create_database": false, "create_collection": false, "create_class": false, "create_index": false, "create_function": false,
	"create_role": false, "create_key": false, "create_access_provider": false, "move_database": false,
	"databases": false, "collections": false, "classes": false, "indexes": false, "functions": false, "roles": false, "keys": false,
	"access_providers": false, "access_provider": false, "database": false, "role": false,
	"collection": true, "class": true, "index": true, "function": true,
}

const (
	shortestMark = len("role")
	longestMark  = len("create_access_provider")
)

// mayAdminister tells whether the text of a query may change a definition, in one pass.
func mayAdminister(body []byte) bool {
	changes := false // the word before is that of a function that changes what it names
	for {
		i := bytes.IndexByte(body, '"')
		if i < 0 {
			return false
		}
		body = body[i+1:]
		n := wordLength(body)
		if n < 0 {
			return false
		}
		word := body[:n]
		body = body[n+1:]
		if n < shortestMark || n > longestMark {
			changes = false
			continue
		}
		if after, ok := marks[string(word)]; ok && (!after || changes) {
			return true
		}
		switch string(word) {
		case "update", "replace", "delete", "insert", "remove":
			changes = true
		default:
			changes = false
		}
	}
}

// wordLength returns where the string ends whose contents text begins with, -1 for
// nowhere.
func wordLength(text []byte) int {
	for n := 0; ; n++ {
		i := bytes.IndexByte(text[n:], '"')
		if i < 0 {
			return -1
		}
		n += i
		slashes := 0
		for slashes < n && text[n-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return n
		}
	}
}
