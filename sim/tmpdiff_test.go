package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"seriatim/txlog"
)

var lastBlocks [][]byte

func TestTmpDiff(t *testing.T) {
	for _, seed := range []uint64{4, 5, 11, 12, 18} {
		var runs [2][][]byte
		for k := range runs {
			runSeed(t, seed, true, newClusterSum())
			runs[k] = lastBlocks
		}
		n := 0
		for i := range runs[0] {
			a, b := string(runs[0][i]), string(runs[1][i])
			if a != b {
				x, _ := txlog.DecodeBlock([]byte(a))
				y, _ := txlog.DecodeBlock([]byte(b))
				j := 0
				for j < min(len(a), len(b)) && a[j] == b[j] {
					j++
				}
				fmt.Println(seed, i, len(a), len(b), x.Header, y.Header, "first diff at", j, len(x.Entries), x.Entries[0][0], y.Entries[0][0])
				fmt.Println(strings.ToValidUTF8(fmt.Sprintf("%q\n%q", a[max(0, j-40):min(len(a), j+60)], b[max(0, j-40):min(len(b), j+60)]), "?"))
				if n++; n > 2 {
					break
				}
			}
		}
	}
}
