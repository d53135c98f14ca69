// Package fql is the reference of the language: for every function what it does,
// its forms, arguments and errors, and examples with their results. It is written
// once, as text in source/, one file a family; from there come the pages in
// pages/, the help of the shell and the dashboard, and this package's tests.
//
// It promises that a page says what the server does: every example, also of an
// error, runs against a server in the tests and must print what stands here, and
// an example of each page must fail when the page's function does nothing. Forms and
// signatures are not written here at all; they come from syntax.
//
// It does not know how a query is evaluated, and needs no server to be read.
//
// Start with README.md, which tells how to add a page, and a file in source/.
package fql

//go:generate go run ./generate
