package txlog

// Quiet returns options under which the log does nothing in the background, so that a seeded test repeats exactly.
func Quiet(o LocalOptions) LocalOptions {
	o.quiet = true
	return o
}

// Names of the files for tests that look into the directory.
const (
	MarkName = markName
	PageSize = pageSize
)

// SegmentPath returns the name of the segment that begins with a position.
func SegmentPath(dir string, first Position) string { return segmentName(dir, first) }

// RecordBytes returns the size in the file of a record with a block of n bytes.
func RecordBytes(n int) int64 { return recordBytes(n) }

// SyncData is the sync that the log uses.
var SyncData = syncData
