// Package txn is one transaction: reads at a snapshot, writes kept in memory,
// and the proposal that asks the log to make those writes happen.
//
// It promises that the transaction sees its own writes, that the read set holds
// exactly what the answers depended on (single keys, and the part of each range
// that was really walked), and that a proposal carries everything validation
// and apply need, so that no replica ever asks where it came from.
//
// It knows nothing of documents, of the log or of disks: keys and values are
// bytes, and the committed data is reached through a Reader that both a store
// snapshot and an unfinished block satisfy.
//
// Start reading at tx.go, then scan.go for the merging of own writes and
// proposal.go for what leaves this package.
package txn
