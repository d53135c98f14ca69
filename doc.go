// Package seriatim is the assembled database: it opens the log, the store and
// the replica over them, runs queries, and tells streams what was published.
//
// It promises that queries which write are strictly serializable, that an
// acknowledged write is durable, and that a failed query changed nothing.
//
// It knows no HTTP but the numbers of its statuses, and of the disk only how a data
// directory is laid out: the doors hand it a Request, the rooms below hold the bytes.
//
// Start reading at query.go, the life of one query, then db.go; for streams at
// stream.go.
package seriatim
