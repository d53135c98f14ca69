package seriatim_test

import (
	"testing"
	"time"

	"seriatim"
)

// TestIdentitiesBehindTheClock: a node whose clock was set back makes no identity twice
// when it starts again. Its timestamps advance a microsecond an entry then, while
// ordered queries take 64 identities each, more than a millisecond has for sixteen.
func TestIdentitiesBehindTheClock(t *testing.T) {
	log, dir := commonLog(t), t.TempDir()
	now := time.Now().UnixMicro()
	open := func() *seriatim.DB {
		o := onLog(log, dir, 3)
		o.Clock = func() int64 { return now }
		o.Rig = &seriatim.Rig{OrderShare: 1}
		db, err := seriatim.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := open()
	run(t, db, `CreateCollection({ name: "things" })`)
	now -= time.Hour.Microseconds()
	for range 5 {
		for range 20 {
			run(t, db, `Create(Collection("things"), {})`)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = open()
	}
	defer db.Close()
	if got := run(t, db, `Count(Documents(Collection("things")))`); got != "100" {
		t.Errorf("%s documents", got)
	}
}
