package sim_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"seriatim/leaktest"
)

// The sizes of the campaigns; docs/verification.md tells how they are run.
var (
	seedFlag        = flag.Uint64("seed", 1, "first seed of the campaigns")
	historiesFlag   = flag.Int("histories", 0, "histories in TestHistories, each of at least 1,000 committed transactions; 0 runs a few short ones")
	racesFlag       = flag.Int("races", 20, "races in TestLastStock")
	cutsFlag        = flag.Int("cuts", 60, "power cuts in TestCrashCuts")
	workFlag        = flag.String("workload", "", "the one workload of TestFaults; empty is all in turns")
	faultFlag       = flag.Int("fault", -1, "the one fault of TestFaults, by its place in the list; -1 is all in turns")
	faultsFlag      = flag.Int("faults", 0, "faults in TestFaults, against clusters of processes; 0 skips it")
	fleetGroupsFlag = flag.Int("fleetgroups", 0, "grouped mutations in TestUniFleet; 0 skips it")
	fleetRacesFlag  = flag.Int("fleetraces", 0, "races in TestLastStockRolling; 0 skips it")
	killsFlag       = flag.Int("kills", 2, "kills of the process in TestKill")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if err := chooseBug(os.Getenv("SERIATIM_BUG")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	leaktest.Main(m)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
