// Package graphql is the second front end: a JSON Schema compiled to a GraphQL
// API over the documents that FQL sees, and the executor of its operations.
//
// It promises that one schema text always gives one model, one SDL and one
// verdict on a document, in one order, on every machine; that a schema it does
// not support in full is refused with the place of every problem; and that an
// operation is run on catalog's View and nowhere else, so that GraphQL and FQL
// obey the same constraints, indexes and transactions.
//
// It does not know of HTTP, sockets, clocks or keys: time, entropy and the
// ledger come with a request's scope. It knows no storage below catalog.
//
// Start reading at model.go, the result of compiling; then schema.go, which
// compiles, sdl.go, which writes the API, and check.go, which holds a document
// against it. A request begins in request.go and becomes the Operation of
// operation.go; query.go and mutate.go run it, acl.go says who may, text.go writes
// what the ledger keeps of it, and event.go tells subscribers.
package graphql
