//go:build !rigclock

package main

// wallClock is the clock of the database, nil for the machine's.
func wallClock() func() int64 { return nil }
