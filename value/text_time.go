package value

const secondsPerDay = 86_400

// The range of instants in seconds, that of Java's Instant.
const (
	MinSeconds int64 = -31_557_014_167_219_200
	MaxSeconds int64 = 31_556_889_864_403_199
)

// FormatTime returns t in UTC as 2020-01-02T03:04:05.123Z with 0, 3, 6 or 9
// digits of fraction, whichever suffices (Java's Instant.toString).
func FormatTime(t Time) string {
	var space [48]byte
	return string(AppendTime(space[:0], t))
}

// AppendTime appends what FormatTime returns.
func AppendTime(dst []byte, t Time) []byte {
	days := floorDiv(t.Seconds, secondsPerDay)
	second := int(t.Seconds - days*secondsPerDay)
	dst = append(AppendDate(dst, Date(days)), 'T')
	dst = append(appendPadded(dst, second/3600, 2), ':')
	dst = append(appendPadded(dst, second/60%60, 2), ':')
	dst = appendPadded(dst, second%60, 2)
	switch n := int(t.Nanos); {
	case n == 0:
	case n%1_000_000 == 0:
		dst = appendPadded(append(dst, '.'), n/1_000_000, 3)
	case n%1000 == 0:
		dst = appendPadded(append(dst, '.'), n/1000, 6)
	default:
		dst = appendPadded(append(dst, '.'), n, 9)
	}
	return append(dst, 'Z')
}

// ParseTime reads an ISO date and time with an offset: 2020-01-02T03:04, with
// optional seconds and up to nine digits of fraction, then Z, +01:00, +01:00:00 or
// +0100. The letters may be in lower case. The error is ErrText, also for times
// that do not exist.
//
// These are the forms of the core's Timestamp.parse.
func ParseTime(s string) (Time, error) {
	t := textReader{s: s}
	days := t.date()
	if !t.accept('T') {
		t.expect('t')
	}
	second, nanos := t.clock()
	second -= t.offset()
	at := Time{Seconds: int64(days)*secondsPerDay + second, Nanos: nanos}
	if t.bad || len(t.s) > 0 || at.Seconds < MinSeconds || at.Seconds > MaxSeconds {
		return Time{}, ErrText
	}
	return at, nil
}

// clock reads a time of day.
func (t *textReader) clock() (second int64, nanos int32) {
	hour := t.two(0, 23)
	t.expect(':')
	minute := t.two(0, 59)
	second = int64(hour)*3600 + int64(minute)*60
	if !t.accept(':') {
		return second, 0
	}
	second += int64(t.two(0, 59))
	if !t.accept('.') {
		return second, 0
	}
	n, count := t.digits(0, 9)
	for ; count < 9; count++ {
		n *= 10
	}
	return second, int32(n)
}

// maxOffset is the greatest distance of a zone from UTC, in hours.
const maxOffset = 18

// offset reads the distance from UTC in seconds.
func (t *textReader) offset() int64 {
	sign := int64(1)
	switch {
	case t.accept('Z'), t.accept('z'):
		return 0
	case t.accept('-'):
		sign = -1
	default:
		t.expect('+')
	}
	hour := t.two(0, maxOffset)
	colon := t.accept(':')
	minute := t.two(0, 59)
	second := 0
	if colon && t.accept(':') {
		second = t.two(0, 59)
	}
	total := int64(hour)*3600 + int64(minute)*60 + int64(second)
	if total > maxOffset*3600 {
		t.fail()
	}
	return sign * total
}
