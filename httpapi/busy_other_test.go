//go:build !unix

package httpapi_test

import "time"

var processStart = time.Now()

// processor returns the time that has passed; on unix it is the processor time.
func processor() time.Duration { return time.Since(processStart) }
