//go:build unix

package httpapi_test

import (
	"syscall"
	"time"
)

// processor returns the processor time that this process has had. A budget that is compared
// with it does not fail because others have the processors.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
