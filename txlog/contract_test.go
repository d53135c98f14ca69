package txlog_test

import (
	"testing"

	"seriatim/txlog"
	"seriatim/txlog/logtest"
	"seriatim/txlog/simdisk"
)

// TestContract holds the local log to what every log promises.
func TestContract(t *testing.T) {
	logtest.Run(t, func(t *testing.T) txlog.Log {
		l, err := txlog.Open("log", txlog.LocalOptions{FS: simdisk.New(1), SegmentBytes: 64 << 10, ReserveBytes: -1})
		if err != nil {
			t.Fatal(err)
		}
		return l
	})
}
