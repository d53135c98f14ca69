package sim_test

import (
	"fmt"
	"testing"

	"seriatim/sim"
)

// TestStreamsSteps: what the workload streams says of histories that lack what was
// acknowledged, or have what nobody wrote.
func TestStreamsSteps(t *testing.T) {
	put := func(id int, outcome sim.Outcome, ts int64, values ...int64) sim.Op {
		op := sim.Op{ID: id, Kind: "put", Outcome: outcome, TS: ts}
		for i, n := range values {
			op.Micros = append(op.Micros, sim.Micro{Act: sim.Append, Key: keyName("d", i), Value: n})
		}
		return op
	}
	look := func(id int, ts int64, list ...int64) sim.Op {
		return sim.Op{ID: id, Kind: "read", TS: ts, Micros: []sim.Micro{{Act: sim.Read, Key: "d0", List: list}}}
	}
	remove := func(id int, ts int64) sim.Op {
		return sim.Op{ID: id, Kind: "remove", TS: ts, Micros: []sim.Micro{{Act: sim.Delete, Key: "d0"}}}
	}
	whole := map[string]map[int64]step{"d0": {10: {n: 1}, 20: {n: 2}, 30: {gone: true}}, "d1": {20: {n: 3}}}
	for _, c := range []struct {
		h    sim.History
		want string
	}{
		{sim.History{put(1, sim.Ok, 10, 1), put(2, sim.Info, 0, 2, 3), remove(3, 30), look(4, 9), look(5, 10, 1), look(6, 29, 2), look(7, 30)}, "map[]"},
		{sim.History{put(1, sim.Ok, 11, 1), put(2, sim.Ok, 20, 2, 3)}, "map[lost-write:1]"},
		{sim.History{put(1, sim.Ok, 10, 1), put(2, sim.Ok, 20, 2, 3), put(3, sim.Ok, 40, 4)}, "map[lost-write:1]"},
		{sim.History{put(1, sim.Fail, 0, 1), put(2, sim.Ok, 20, 2, 3)}, "map[G1a:1]"},
		{sim.History{put(1, sim.Info, 0, 1, 3), put(2, sim.Ok, 20, 2)}, "map[part:1]"},
		{sim.History{put(1, sim.Ok, 10, 1), put(2, sim.Ok, 20, 2)}, "map[phantom:1]"},
		{sim.History{put(1, sim.Ok, 10, 1), put(2, sim.Ok, 20, 2, 3), remove(3, 20)}, "map[lost-write:1]"},
		{sim.History{put(1, sim.Ok, 10, 1), put(2, sim.Ok, 20, 2, 3), look(3, 20, 1), look(4, 30, 2), look(5, 15)}, "map[wrong-read:3]"},
	} {
		got := map[string]int{}
		for _, a := range checkSteps(c.h, whole) {
			got[a.Class]++
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%v: %v instead of %s", c.h, got, c.want)
		}
	}
}
