package fql_test

import (
	"regexp"
	"testing"
)

// masks are what differs from run to run. Examples write times before 2025, so a
// later one is the time of the run.
var masks = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`\bfn[A-Za-z0-9_-]{30,}`), "<secret>"},
	{regexp.MustCompile(`(hashed_\w+: ')[^']+'`), "${1}<hash>'"},
	{regexp.MustCompile(`(global_id: ')[^']+'`), "${1}<id>'"},
	{regexp.MustCompile(`(https://db\.fauna\.com/db/)\w+`), "${1}<id>"},
	{regexp.MustCompile(`(["'])[3-9]\d{17}(["'])`), "${1}<id>${2}"},
	{regexp.MustCompile(`(^|[^.\d])(?:17[4-9]|1[89]\d|[2-9]\d\d)\d{13}\b`), "${1}<ts>"},
	{regexp.MustCompile(`(["'])(?:202[5-9]|20[3-9]\d)-\d\d-\d\dT[0-9:.]+Z(["'])`), "${1}<time>${2}"},
}

// Mask replaces what differs from run to run: ids and secrets that the server made,
// timestamps and times of the run.
func Mask(printed string) string {
	for _, m := range masks {
		printed = m.from.ReplaceAllString(printed, m.to)
	}
	return printed
}

func TestMask(t *testing.T) {
	for from, want := range map[string]string{
		`Ref(Collection("cups"), "398113290458112512")`:  `Ref(Collection("cups"), "<id>")`,
		`Ref(Collection("cups"), "12")`:                  `Ref(Collection("cups"), "12")`,
		`ts: 1795305346123456,`:                          `ts: <ts>,`,
		`0.1795305346123456`:                             `0.1795305346123456`,
		`1577934245678901`:                               `1577934245678901`,
		`9223372036854775807`:                            `9223372036854775807`,
		`Time("2026-11-21T23:55:46.123456Z")`:            `Time("<time>")`,
		`Time("2019-11-21T23:55:46.123456Z")`:            `Time("2019-11-21T23:55:46.123456Z")`,
		`secret: 'fnAFPCvrBmACAAbDW9gHqM4qxYDkQKdnIbWp'`: `secret: '<secret>'`,
	} {
		if got := Mask(from); got != want {
			t.Errorf("%s becomes %s, want %s", from, got, want)
		}
	}
}
