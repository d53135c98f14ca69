package eval

import (
	"fmt"
	"strings"

	"seriatim/value"
)

// The suffixes of t and T that dates have, and those that only times have.
const (
	dateSuffixes = "bBhaACyYdemjDF"
	timeSuffixes = "HIklMSLNpzZsQRTrc"
)

var monthNames = [...]string{
	"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December",
}

var dayNames = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// printTemporal prints a date or time by the suffix of t or T; without one it
// prints its ISO form.
func printTemporal(v verb, arg value.Value) (text string, ok bool, f *fault) {
	var t value.Time
	suffixes := dateSuffixes
	switch arg := arg.(type) {
	case value.Date:
		if v.conversion == 0 {
			return value.FormatDate(arg), true, nil
		}
		t = value.Time{Seconds: int64(arg) * secondsPerDay}
	case value.Time:
		if v.conversion == 0 {
			return value.FormatTime(arg), true, nil
		}
		t, suffixes = arg, dateSuffixes+timeSuffixes
	default:
		return "", false, wrongType(arg, "Date", "Time")
	}
	switch {
	case strings.IndexByte(suffixes, v.conversion) < 0:
		return "", false, invalidArgument("Invalid date/time suffix '%s'.", v.text)
	case v.conversion == 'N':
		return fmt.Sprintf("%09d", t.Nanos), true, nil
	case !v.allows("-") || v.precision >= 0:
		return "", false, nil
	}
	return v.justify(v.upper(temporalText(v.conversion, t), v.temporal)), true, nil
}

// temporalText returns what a suffix prints of t in UTC.
func temporalText(suffix byte, t value.Time) string {
	if strings.IndexByte(dateSuffixes, suffix) >= 0 {
		return dateText(suffix, t)
	}
	second := secondOf(t)
	hour, minute := second/3600, second/60%60
	second %= 60
	half, capital := "am", "AM"
	if hour >= 12 {
		half, capital = "pm", "PM"
	}
	twelve := (hour+11)%12 + 1
	switch suffix {
	case 'H':
		return fmt.Sprintf("%02d", hour)
	case 'I':
		return fmt.Sprintf("%02d", twelve)
	case 'k':
		return fmt.Sprint(hour)
	case 'l':
		return fmt.Sprint(twelve)
	case 'M':
		return fmt.Sprintf("%02d", minute)
	case 'S':
		return fmt.Sprintf("%02d", second)
	case 'L':
		return fmt.Sprintf("%03d", t.Nanos/1_000_000)
	case 'p':
		return half
	case 'z':
		return "+0000"
	case 'Z':
		return "Z"
	case 's':
		return fmt.Sprint(t.Seconds)
	case 'Q':
		return fmt.Sprint(millisOf(t))
	case 'R':
		return fmt.Sprintf("%02d:%02d", hour, minute)
	case 'T':
		return fmt.Sprintf("%02d:%02d:%02d", hour, minute, second)
	case 'r':
		return fmt.Sprintf("%02d:%02d:%02d %s", twelve, minute, second, capital)
	}
	return dateText('a', t) + " " + dateText('b', t) + " " + dateText('d', t) +
		fmt.Sprintf(" %02d:%02d:%02d Z ", hour, minute, second) + dateText('Y', t)
}

func dateText(suffix byte, t value.Time) string {
	year, month, day := value.Date(dayOf(t)).Civil()
	era := year // the year of its era, which has no year zero
	if year <= 0 {
		era = 1 - year
	}
	monthName, dayName := monthNames[month-1], dayNames[dayOfWeek(t)-1]
	switch suffix {
	case 'B':
		return monthName
	case 'b', 'h':
		return monthName[:3]
	case 'A':
		return dayName
	case 'a':
		return dayName[:3]
	case 'C':
		return fmt.Sprintf("%02d", era/100)
	case 'y':
		return fmt.Sprintf("%02d", era%100)
	case 'Y':
		return fmt.Sprintf("%04d", era)
	case 'd':
		return fmt.Sprintf("%02d", day)
	case 'e':
		return fmt.Sprint(day)
	case 'm':
		return fmt.Sprintf("%02d", month)
	case 'j':
		return fmt.Sprintf("%03d", dayOfYear(t))
	case 'D':
		return fmt.Sprintf("%02d/%02d/%02d", month, day, era%100)
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day)
}
