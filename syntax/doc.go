// Package syntax is the form of the query language: its tree, the scanner and
// parser of the shell's spelling, and the printer.
//
// It promises one tree for both spellings and that printing a tree and parsing
// the text again gives the same tree.
//
// It knows nothing of meaning: no evaluation, no documents, no JSON.
//
// Start reading at expr.go, the tree, and form.go, the table of functions.
package syntax
