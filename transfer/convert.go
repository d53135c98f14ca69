package transfer

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"

	"seriatim/value"
)

// conversion is what --type says of one column.
type conversion struct {
	column, kind, of string
	to               func(c *conversion, dst, raw []byte) ([]byte, error)
}

// conversions by the names of fauna-shell's (number, bool, dateString, dateEpochMillis,
// dateEpochSeconds) and our own. What fauna-shell calls a date is a Time.
var conversions = map[string]func(c *conversion, dst, raw []byte) ([]byte, error){
	"number": toNumber, "bool": toBool, "string": toString, "json": toJSON,
	"dateString": toTime, "time": toTime, "dateEpochMillis": toEpoch, "dateEpochSeconds": toEpoch, "date": toDate,
	"ref": toRef,
	// These two say which column is the document's id and its time.
	"id": nil, "ts": nil,
}

// Types are the names that ParseTypes takes, for help texts.
const Types = "number, bool, string, json, date, time, dateString, dateEpochMillis, dateEpochSeconds, ref:COLLECTION, id, ts"

// ParseTypes reads column::type as fauna-shell's --type has it, more than once.
func ParseTypes(list []string) (map[string]string, error) {
	out := map[string]string{}
	for _, text := range list {
		at := strings.LastIndex(text, "::")
		if at < 1 {
			return nil, fmt.Errorf("%q is not COLUMN::TYPE", text)
		}
		kind, of, _ := strings.Cut(text[at+2:], ":")
		if _, ok := conversions[kind]; !ok || (kind == "ref") != (of != "") {
			return nil, fmt.Errorf("%q: the type is one of %s", text, Types)
		}
		out[strings.TrimSpace(text[:at])] = text[at+2:]
	}
	return out, nil
}

func newConversion(column, text string) *conversion {
	kind, of, _ := strings.Cut(text, ":")
	return &conversion{column: column, kind: kind, of: of, to: conversions[kind]}
}

// apply appends the query for the converted value. Null stays null.
func (c *conversion) apply(dst, raw []byte) ([]byte, error) {
	out, err := c.to(c, dst, raw)
	if err != nil {
		return dst, fmt.Errorf("%s: %w", c.column, err)
	}
	return out, nil
}

// plainText is what a string or a number says.
func plainText(raw []byte) (string, error) {
	if isString(raw) {
		return unquote(raw)
	}
	if isObject(raw) || isArray(raw) {
		return "", fmt.Errorf("%.40s is neither text nor number", raw)
	}
	return string(raw), nil
}

// number as fauna-shell takes it, and with an exponent.
var numeric = regexp.MustCompile(`^\s*([+-]?)(\d+|\d*\.\d+)([eE][+-]?\d+)?\s*$`)

func toNumber(_ *conversion, dst, raw []byte) ([]byte, error) {
	text, err := plainText(raw)
	if err != nil {
		return dst, err
	}
	m := numeric.FindStringSubmatch(text)
	if m == nil {
		return dst, fmt.Errorf("%q is no number", text)
	}
	digits := strings.TrimLeft(m[2], "0")
	if digits == "" || digits[0] == '.' {
		digits = "0" + digits
	}
	if m[1] == "-" {
		digits = "-" + digits
	}
	if !strings.Contains(m[2], ".") && m[3] == "" {
		if _, err := strconv.ParseInt(digits, 10, 64); err != nil {
			return dst, fmt.Errorf("%q has more than 64 bits", text)
		}
	}
	return append(append(dst, digits...), m[3]...), nil
}

func toBool(_ *conversion, dst, raw []byte) ([]byte, error) {
	text, err := plainText(raw)
	switch strings.ToLower(text) {
	case "true", "t", "yes", "1":
		return append(dst, "true"...), err
	}
	return append(dst, "false"...), err
}

func toString(_ *conversion, dst, raw []byte) ([]byte, error) {
	text, err := plainText(raw)
	return quote(dst, text), err
}

// toJSON takes a cell as JSON.
func toJSON(_ *conversion, dst, raw []byte) ([]byte, error) {
	if isString(raw) {
		text, err := unquote(raw)
		if err != nil {
			return dst, err
		}
		raw = []byte(text)
	}
	s := &scan{b: raw}
	out, err := (&reading{tags: true}).value(dst, s)
	if err == nil && s.peek() != 0 {
		err = s.fail("something follows the value")
	}
	return out, err
}

var instants = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02", "20060102T150405Z0700", "20060102", "2006-01"}

// moment reads ISO 8601 and RFC 2822; without a zone it is UTC.
func moment(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	for _, layout := range instants {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	if t, err := mail.ParseDate(text); err == nil {
		return t.UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%q is no time of ISO 8601 or RFC 2822", text)
}

func toTime(_ *conversion, dst, raw []byte) ([]byte, error) {
	text, err := plainText(raw)
	if err != nil {
		return dst, err
	}
	t, err := moment(text)
	return appendTime(dst, t), err
}

func appendTime(dst []byte, t time.Time) []byte {
	return append(t.AppendFormat(append(dst, `{"@ts":"`...), time.RFC3339Nano), `"}`...)
}

func toEpoch(c *conversion, dst, raw []byte) ([]byte, error) {
	digits, err := toNumber(c, nil, raw)
	if err != nil {
		return dst, err
	}
	n, err := json.Number(digits).Float64()
	if c.kind == "dateEpochMillis" {
		n /= 1e3
	}
	if err != nil || n < -6e10 || n > 2.5e11 {
		return dst, fmt.Errorf("%s is no time", digits)
	}
	whole := int64(n)
	// To the millisecond, as fauna-shell has it.
	nanos := int64((n-float64(whole))*1e3+0.5*sign(n)) * 1e6
	return appendTime(dst, time.Unix(whole, nanos).UTC()), nil
}

func sign(n float64) float64 {
	if n < 0 {
		return -1
	}
	return 1
}

func toDate(_ *conversion, dst, raw []byte) ([]byte, error) {
	text, err := plainText(raw)
	if err != nil {
		return dst, err
	}
	text = strings.TrimSpace(text)
	if _, err := value.ParseDate(text); err != nil {
		t, err := moment(text)
		if err != nil {
			return dst, fmt.Errorf("%q is no date", text)
		}
		text = t.Format(time.DateOnly)
	}
	return append(quote(append(dst, `{"@date":`...), text), '}'), nil
}

func toRef(c *conversion, dst, raw []byte) ([]byte, error) {
	text, err := plainText(raw)
	if err != nil {
		return dst, err
	}
	if text = strings.TrimSpace(text); !isID(text) {
		return dst, fmt.Errorf("%q is no id of a document", text)
	}
	return appendRef(dst, c.of, text), nil
}

// toMicros reads the time of a document: a time, or an integer of microseconds.
func toMicros(raw []byte) (int64, error) {
	if all, err := members(raw); isObject(raw) && err == nil && len(all) == 1 && (all[0].name == "@time" || all[0].name == "@ts") {
		raw = all[0].raw
	}
	text, err := plainText(raw)
	if err != nil {
		return 0, err
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	t, err := moment(text)
	if err != nil {
		return 0, errors.New("ts is neither a time nor microseconds")
	}
	return t.UnixMicro(), nil
}
