// Package leaktest makes a room's tests fail that leave goroutines behind.
//
// # What it is
//
// The main function of tests, around go.uber.org/goleak.
//
// # What it promises
//
// Goroutines that end late, as on a busy machine, are waited for and are no leak.
//
// # What it does not know
//
// Which test left a goroutine behind: its stack is printed.
//
// # Where to start reading
//
// [Main] is all there is.
package leaktest

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience bounds the wait; goleak alone gives goroutines half a second.
const patience = time.Minute

// Main runs the tests of m and exits with their code, or with 1 when they passed and
// goroutines of theirs are still there. It is called by TestMain and does not return.
func Main(m *testing.M) { goleak.VerifyTestMain(patient{m}) }

type patient struct{ *testing.M }

// Run implements goleak.TestingM.
func (p patient) Run() int {
	code := p.M.Run()
	for end := time.Now().Add(patience); code == 0 && goleak.Find() != nil && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	return code
}
