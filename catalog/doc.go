// Package catalog knows what exists: databases, collections, indexes, functions
// and keys. It turns reads and writes of documents into reads and writes of keys.
//
// It promises that definitions are documents like any other, that every
// transaction which used a definition conflicts with a change of it, that index
// entries always equal what the document's versions say, now and at every past
// timestamp, and that a document written by the running transaction is seen by
// its own later reads, in indexes too.
//
// It knows nothing of expressions, wire forms, permissions, disks or the time of
// day: lambdas are evaluated by a function it is given, clocks come with the
// transaction, fresh identities from Options.
//
// Start reading at view.go, then key.go for the layout, document.go for versions
// and entry.go for index entries.
package catalog
