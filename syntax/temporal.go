package syntax

import (
	"encoding/hex"
	"strings"
	"time"

	"seriatim/value"
)

func formatTime(t value.Time) string {
	layout := "2006-01-02T15:04:05"
	switch {
	case t.Nanos == 0:
	case t.Nanos%1e6 == 0:
		layout += ".000"
	case t.Nanos%1e3 == 0:
		layout += ".000000"
	default:
		layout += ".000000000"
	}
	return time.Unix(t.Seconds, int64(t.Nanos)).UTC().Format(layout) + "Z"
}

func parseTime(s string) (value.Time, bool) {
	t, err := time.Parse(time.RFC3339Nano, s)
	return value.Time{Seconds: t.Unix(), Nanos: int32(t.Nanosecond())}, err == nil
}

func formatDate(d value.Date) string {
	return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly)
}

func parseDate(s string) (value.Date, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return value.Date(t.Unix() / 86400), err == nil
}

func formatUUID(u value.UUID) string {
	h := hex.EncodeToString(u[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

func parseUUID(s string) (u value.UUID, ok bool) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, false
	}
	_, err := hex.Decode(u[:], []byte(strings.ReplaceAll(s, "-", "")))
	return u, err == nil && strings.Count(s, "-") == 4
}
