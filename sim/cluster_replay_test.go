package sim_test

import (
	"testing"
)

// TestClusterReplay lives worlds through twice: faults, fates of blocks, answers and
// the final digest are the same, at the same virtual times.
func TestClusterReplay(t *testing.T) {
	n := *replayFlag
	for i := range n {
		seed := *seedFlag + uint64(i)
		if seed%4 == 0 {
			continue
		}
		var runs [2]result
		for k := range runs {
			runs[k] = runSeed(t, seed, true, newClusterSum())
		}
		if runs[0].trace == runs[1].trace {
			continue
		}
		at := 0
		for at < min(len(runs[0].lines), len(runs[1].lines)) && runs[0].lines[at] == runs[1].lines[at] {
			at++
		}
		t.Errorf("seed %d: two traces, from line %d of %d and %d\n%s%s", seed, at+1, len(runs[0].lines), len(runs[1].lines),
			lineAt(runs[0].lines, at), lineAt(runs[1].lines, at))
	}
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "the end\n"
}
