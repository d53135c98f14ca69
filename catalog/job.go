package catalog

import (
	"encoding/binary"
	"errors"
	"fmt"

	"seriatim/txn"
	"seriatim/value"
)

// kindJob is the kind of the keys of jobs, which all lie in Global: database, index.
const kindJob byte = 0x0b

// Job is the build of one index that was too large to be filled when it was
// created. It is a record in the database that small ordinary transactions advance,
// so it goes on after a restart, on any node.
type Job struct {
	// Database and Index name the index.
	Database uint64
	Index    int64
	// Documents and Versions count what has been indexed so far.
	Documents, Versions int64
	// Failure says why the build cannot go on; empty as long as it does.
	Failure string

	at place // up to where its sources are done
}

// place is a version of a document: all before and itself are done.
type place struct {
	collection value.CollectionID
	id, ts     int64
	begun      bool // something is done
}

const jobFormat = 1

// ErrJobFormat says that a job was recorded by a newer release.
var ErrJobFormat = errors.New("catalog: the job was recorded by a newer release")

func jobKey(db uint64, index int64) []byte {
	b := appendPrefix(make([]byte, 0, prefixSize+8+idSize), Global, kindJob)
	return appendID(binary.BigEndian.AppendUint64(b, db), index)
}

func (j *Job) encode() []byte {
	b := []byte{jobFormat, 0}
	if j.at.begun {
		b[1] = 1
	}
	b = appendCollection(b, j.at.collection)
	for _, n := range [...]int64{j.at.id, j.at.ts, j.Documents, j.Versions} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return append(b, j.Failure...)
}

// jobSize is the length of an encoded job without its failure.
const jobSize = 2 + collectionSize + 4*8

func decodeJob(key, b []byte) (*Job, error) {
	if len(key) != prefixSize+8+idSize || len(b) == 0 {
		return nil, errMalformed
	}
	if b[0] > jobFormat {
		return nil, fmt.Errorf("%w (format %d, this release knows %d)", ErrJobFormat, b[0], jobFormat)
	}
	if len(b) < jobSize {
		return nil, errMalformed
	}
	j := &Job{Database: binary.BigEndian.Uint64(key[prefixSize:]), Index: decodeID(key[prefixSize+8:])}
	j.at.begun = b[1] == 1
	j.at.collection = value.CollectionID(binary.BigEndian.Uint32(b[2:]))
	numbers := b[2+collectionSize:]
	for i, n := range [...]*int64{&j.at.id, &j.at.ts, &j.Documents, &j.Versions} {
		*n = int64(binary.BigEndian.Uint64(numbers[8*i:]))
	}
	j.Failure = string(b[jobSize:])
	return j, nil
}

func (v *View) startJob(index int64) {
	v.session.tx.Put(jobKey(v.db, index), (&Job{}).encode(), nil, nil)
}

// Jobs returns the jobs of all databases, those that failed included.
func Jobs(tx *txn.Tx) ([]*Job, error) {
	lo := appendPrefix(make([]byte, 0, prefixSize), Global, kindJob)
	c := tx.PeekScan(lo, after(append([]byte(nil), lo...)), false)
	defer c.Close()
	var jobs []*Job
	for c.Next() {
		j, err := decodeJob(c.Key(), c.Value())
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, j)
	}
	return jobs, c.Err()
}

// job reads the job that builds an index; nil when there is none. It does not join
// the read set.
func (v *View) job(index int64) (*Job, error) {
	key := jobKey(v.db, index)
	b, _, ok, err := v.session.tx.Peek(key)
	if err != nil || !ok {
		return nil, err
	}
	return decodeJob(key, b)
}

// withBuild adds to the definition of an index that is not active how far its build
// is: the member "build", which is not stored.
func (v *View) withBuild(d *value.Document) (*value.Document, error) {
	body := d.Body()
	if active, _ := body.Get("active"); active == value.Bool(true) {
		return d, nil
	}
	j, err := v.job(d.Ref.ID)
	if err != nil || j == nil {
		return d, err
	}
	state := value.NewObject(
		value.Field{Name: "documents", Value: value.Int(j.Documents)},
		value.Field{Name: "versions", Value: value.Int(j.Versions)})
	if j.Failure != "" {
		state = state.With("failure", value.String(j.Failure))
	}
	with := value.NewDocument(d.Ref, body.With("build", state))
	with.TS, with.Unresolved = d.TS, d.Unresolved
	return with, nil
}
