package value

import (
	"errors"
	"strconv"
)

// ErrText is the error of text that is not the date, time or UUID it should be.
var ErrText = errors.New("value: text is not in the expected form")

// The range of dates, in days, and years: those of Java's LocalDate.
const (
	MinDate Date = -365243219162
	MaxDate Date = 365241780471

	maxYear = 999_999_999
)

// daysPer400Years is the period of the Gregorian calendar.
const daysPer400Years = 146_097

// civil returns the proleptic Gregorian date of a number of days since
// 1970-01-01. Years count from March inside, so that leap days come last.
func civil(days int64) (year int64, month, day int) {
	days += 719_468 // since 0000-03-01
	era := floorDiv(days, daysPer400Years)
	doe := days - era*daysPer400Years
	yoe := (doe - doe/1460 + doe/36_524 - doe/146_096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy - (153*mp+2)/5 + 1)
	month = int(mp + 3)
	year = yoe + era*400
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

// daysOf is the inverse of civil.
func daysOf(year int64, month, day int) int64 {
	m := int64(month) - 3
	if m < 0 {
		m += 12
		year--
	}
	era := floorDiv(year, 400)
	yoe := year - era*400
	doy := (153*m+2)/5 + int64(day) - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*daysPer400Years + doe - 719_468
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Civil returns the year, the month from 1 and the day from 1 of d in the
// proleptic Gregorian calendar.
func (d Date) Civil() (year int64, month, day int) { return civil(int64(d)) }

// DateOf returns the date of a year, month and day, and whether there is one.
func DateOf(year int64, month, day int) (Date, bool) {
	if year < -maxYear || year > maxYear || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	return Date(daysOf(year, month, day)), true
}

// daysIn returns the length of a month.
func daysIn(year int64, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// FormatDate returns d as 2020-01-02. Years past 9999 have a sign and those
// before 0 a minus, as in Java's LocalDate.toString.
func FormatDate(d Date) string { return string(AppendDate(nil, d)) }

// AppendDate appends what FormatDate returns.
func AppendDate(dst []byte, d Date) []byte {
	year, month, day := d.Civil()
	switch {
	case year < 0:
		dst, year = append(dst, '-'), -year
	case year > 9999:
		dst = append(dst, '+')
	}
	for least := int64(1000); least > year && least > 1; least /= 10 {
		dst = append(dst, '0')
	}
	dst = strconv.AppendInt(dst, year, 10)
	dst = appendPadded(append(dst, '-'), month, 2)
	return appendPadded(append(dst, '-'), day, 2)
}

// appendPadded appends n in the given number of digits.
func appendPadded(dst []byte, n, digits int) []byte {
	for i := range digits {
		pow := 1
		for range digits - 1 - i {
			pow *= 10
		}
		dst = append(dst, '0'+byte(n/pow%10))
	}
	return dst
}

// ParseDate reads an ISO local date: a year of at least four digits, with a sign
// exactly when it has more (or is negative), a month and a day. The error is ErrText.
func ParseDate(s string) (Date, error) {
	t := textReader{s: s}
	d := t.date()
	if t.bad || len(t.s) > 0 {
		return 0, ErrText
	}
	return d, nil
}

// textReader reads fixed forms from the front of s.
type textReader struct {
	s   string
	bad bool
}

func (t *textReader) fail() { t.s, t.bad = "", true }

// accept takes c when it comes next.
func (t *textReader) accept(c byte) bool {
	if len(t.s) > 0 && t.s[0] == c {
		t.s = t.s[1:]
		return true
	}
	return false
}

func (t *textReader) expect(c byte) {
	if !t.accept(c) {
		t.fail()
	}
}

// digits takes between low and high decimal digits.
func (t *textReader) digits(low, high int) (n int64, count int) {
	for count < high && count < len(t.s) && '0' <= t.s[count] && t.s[count] <= '9' {
		n = n*10 + int64(t.s[count]-'0')
		count++
	}
	if count < low {
		t.fail()
		return 0, 0
	}
	t.s = t.s[count:]
	return n, count
}

// two takes a number of exactly two digits between low and high.
func (t *textReader) two(low, high int64) int {
	n, _ := t.digits(2, 2)
	if n < low || n > high {
		t.fail()
	}
	return int(n)
}

func (t *textReader) date() Date {
	minus, plus := t.accept('-'), false
	if !minus {
		plus = t.accept('+')
	}
	year, count := t.digits(4, 10)
	switch {
	case count > 4 != plus && !minus, minus && year == 0:
		t.fail()
	case minus:
		year = -year
	}
	t.expect('-')
	month := t.two(1, 12)
	t.expect('-')
	day := t.two(1, 31)
	d, ok := DateOf(year, month, day)
	if !ok {
		t.fail()
	}
	return d
}
