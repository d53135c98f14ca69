package value

// Time is an instant with nanosecond precision. Seconds count from
// 1970-01-01T00:00:00Z and Nanos is in [0, 1e9).
type Time struct {
	Seconds int64
	Nanos   int32
}

// TimeOfMicros returns the instant of a timestamp in microseconds since 1970.
func TimeOfMicros(us int64) Time {
	s, u := us/1e6, us%1e6
	if u < 0 {
		s, u = s-1, u+1e6
	}
	return Time{Seconds: s, Nanos: int32(u) * 1000}
}

// Micros returns the instant in microseconds since 1970, rounded down.
func (t Time) Micros() int64 { return t.Seconds*1e6 + int64(t.Nanos)/1000 }
