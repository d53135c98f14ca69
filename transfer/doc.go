// Package transfer moves documents between files and a database: import reads
// what other programs wrote, export writes what import reads.
//
// It promises that an import which was interrupted and goes on neither doubles nor
// loses a row, that a row which cannot be imported is told with its reason and
// hinders no other, that memory stays bounded however large the files are, and that
// an export is the database at one point in time, whose documents come back the same
// to the byte when they are imported.
//
// It knows nothing of a command line, a terminal's width or where secrets come from,
// and reaches the database by package client only.
//
// Start reading at import.go, then row.go, what a row becomes; export.go is the way
// back.
package transfer
