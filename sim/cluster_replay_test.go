package sim_test

import (
	"testing"
)

// TestClusterReplay lives worlds through twice: faults, fates of blocks, answers and
// the final digest are the same, at the same virtual times. One in ten may differ: how far
// a store was flushed when its power went is Pebble's affair.
func TestClusterReplay(t *testing.T) {
	n, compared, differ := *replayFlag, 0, 0
	for i := range n {
		seed := *seedFlag + uint64(i)
		if !exact(seed) {
			continue
		}
		var runs [2]result
		for k := range runs {
			runs[k] = runSeed(t, seed, true, newClusterSum())
		}
		if compared++; runs[0].trace == runs[1].trace {
			continue
		}
		differ++
		at := 0
		for at < min(len(runs[0].lines), len(runs[1].lines)) && runs[0].lines[at] == runs[1].lines[at] {
			at++
		}
		t.Logf("seed %d: two traces, from line %d of %d and %d\n%s%s", seed, at+1, len(runs[0].lines), len(runs[1].lines),
			lineAt(runs[0].lines, at), lineAt(runs[1].lines, at))
	}
	t.Logf("%d of %d worlds had the same trace twice", compared-differ, compared)
	if differ > 1+compared/10 {
		t.Errorf("%d of %d worlds were two", differ, compared)
	}
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "the end\n"
}
