package sim

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestScripts runs the checkers on small histories written by hand, with the
// verdicts a reader should agree with.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if strings.Contains(path, "fuzz") || strings.Contains(path, "apply") {
			t.Skip("not a script")
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			h, err := ParseHistory(d.Input)
			if err != nil {
				return err.Error()
			}
			if err := h.Verify(); err != nil {
				return err.Error()
			}
			return verdict(t, d, h)
		})
	})
}

func verdict(t *testing.T, d *datadriven.TestData, h History) string {
	var found []Anomaly
	switch d.Cmd {
	case "append":
		found = CheckAppend(h)
	case "assign":
		found = CheckAssign(h)
	case "register":
		found = CheckRegister(h)
	case "unique":
		found = CheckUnique(h)
	case "monotonic":
		found = CheckMonotonic(h)
	case "bank":
		var total int64
		d.ScanArgs(t, "total", &total)
		found = CheckBank(h, total)
	case "verify":
	default:
		d.Fatalf(t, "%s is not a checker", d.Cmd)
	}
	if len(found) == 0 {
		return "clean"
	}
	lines := make([]string, len(found))
	for i, a := range found {
		lines[i] = a.String()
	}
	return strings.Join(lines, "\n")
}
