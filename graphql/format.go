package graphql

import (
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// formats are the ones that are asserted. Dates and times are checked here, by
// RFC 3339 as section 7.3.1 of JSON Schema's validation wants, because filters
// read them by position; the others are the library's.
var formats = map[string]func(string) bool{
	"date":          isDate,
	"time":          isTime,
	"date-time":     isDateTime,
	"email":         libraryFormat("email"),
	"hostname":      libraryFormat("hostname"),
	"ipv4":          libraryFormat("ipv4"),
	"ipv6":          libraryFormat("ipv6"),
	"uri":           libraryFormat("uri"),
	"uri-reference": libraryFormat("uri-reference"),
	"json-pointer":  libraryFormat("json-pointer"),
	"uuid":          libraryFormat("uuid"),
}

var formatNames = strings.Join(slices.Sorted(maps.Keys(formats)), ", ")

func libraryFormat(name string) func(string) bool {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2019) // knows all of them
	c.AssertFormat()
	const at = "format.json"
	if err := c.AddResource(at, map[string]any{"format": name}); err != nil {
		panic(err)
	}
	s := c.MustCompile(at)
	return func(text string) bool { return s.Validate(text) == nil }
}

// isDate reports whether s is a full-date: 2021-12-06.
func isDate(s string) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	year, ok1 := digits(s[:4])
	month, ok2 := digits(s[5:7])
	day, ok3 := digits(s[8:])
	return ok1 && ok2 && ok3 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
}

func daysOf(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// isDateTime reports whether s is a date-time: 2021-12-06T18:30:00.25Z.
func isDateTime(s string) bool {
	return len(s) > 11 && (s[10] == 'T' || s[10] == 't') && isDate(s[:10]) && isTime(s[11:])
}

// isTime reports whether s is a full-time: 18:30:00Z, 18:30:00.25+02:00. A leap
// second is one only at the end of a day in UTC.
func isTime(s string) bool {
	if len(s) < 9 || s[2] != ':' || s[5] != ':' {
		return false
	}
	hour, ok1 := digits(s[:2])
	minute, ok2 := digits(s[3:5])
	second, ok3 := digits(s[6:8])
	if !ok1 || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 60 {
		return false
	}
	rest := s[8:]
	if rest[0] == '.' {
		n := 1
		for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
			n++
		}
		if n == 1 {
			return false
		}
		rest = rest[n:]
	}
	offset, ok := offsetOf(rest)
	if second == 60 {
		return ok && ((hour*60+minute-offset)%1440+1440)%1440 == 1439
	}
	return ok
}

// offsetOf reads a time-offset, in minutes.
func offsetOf(s string) (int, bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return 0, false
	}
	hour, ok1 := digits(s[1:3])
	minute, ok2 := digits(s[4:])
	if !ok1 || !ok2 || hour > 23 || minute > 59 {
		return 0, false
	}
	if s[0] == '-' {
		return -hour*60 - minute, true
	}
	return hour*60 + minute, true
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
