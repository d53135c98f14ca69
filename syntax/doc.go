// Package syntax is the form of the query language: its tree, the scanner and
// parser of the shell's spelling, the printers of queries and of results, and
// what a shell needs of names: highlighting, completion, signatures.
//
// It promises one tree for both spellings; that printing a tree and parsing the
// text again gives the same tree; and that results look as Node.js prints them.
//
// It knows nothing of meaning: no evaluation, no documents, no JSON.
//
// Start reading at expr.go, the tree, and form.go, the table of functions; then
// parser.go with call.go and build.go for text to tree, print.go with layout.go
// for tree to text, inspect.go for results.
package syntax
