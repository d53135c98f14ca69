package value

import (
	"math"
	"strconv"
	"testing"
	"time"
)

func TestFormatDouble(t *testing.T) {
	for _, c := range []struct {
		d    float64
		want string
	}{
		{0, "0.0"}, {math.Copysign(0, -1), "-0.0"}, {1, "1.0"}, {-1, "-1.0"}, {100, "100.0"}, {0.1, "0.1"},
		{1.5, "1.5"}, {0.001, "0.001"}, {0.00099, "9.9E-4"}, {1e-5, "1.0E-5"}, {1e10, "1.0E10"}, {12340000, "1.234E7"},
		{9999999, "9999999.0"}, {9999999.999, "9999999.999"}, {1e7, "1.0E7"}, {123456789, "1.23456789E8"},
		{math.MaxFloat64, "1.7976931348623157E308"}, {math.SmallestNonzeroFloat64, "4.9E-324"}, {2e-323, "2.0E-323"},
		{2.2250738585072014e-308, "2.2250738585072014E-308"}, {1e23, "1.0E23"}, {2e23, "2.0E23"}, {-1e21, "-1.0E21"},
		{math.NaN(), "NaN"}, {math.Inf(1), "Infinity"}, {math.Inf(-1), "-Infinity"}, {3.141592653589793, "3.141592653589793"},
		{1e100, "1.0E100"}, {1.0e-300, "1.0E-300"}, {9.9e-324, "9.9E-324"}, {100000, "100000.0"}, {123456.789, "123456.789"},
	} {
		if got := FormatDouble(c.d); got != c.want {
			t.Errorf("%v: %s, want %s", c.d, got, c.want)
		}
	}
}

func TestFormatDoubleReadsBack(t *testing.T) {
	g := newGenerator(t)
	for range 50_000 {
		d := g.double()
		back, err := strconv.ParseFloat(FormatDouble(d), 64)
		if err != nil || doubleBits(back) != doubleBits(d) {
			t.Fatalf("%v as %s reads %v, %v", d, FormatDouble(d), back, err)
		}
	}
}

func TestTimes(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z"},
		{"2020-01-02T03:04:05.1Z", "2020-01-02T03:04:05.100Z"},
		{"2020-01-02T03:04:05.1234Z", "2020-01-02T03:04:05.123400Z"},
		{"2020-01-02T03:04:05.1234567Z", "2020-01-02T03:04:05.123456700Z"},
		{"2020-01-02T03:04:05.000000001Z", "2020-01-02T03:04:05.000000001Z"},
		{"2020-01-02T03:04:05.Z", "2020-01-02T03:04:05Z"},
		{"2020-01-02T03:04Z", "2020-01-02T03:04:00Z"},
		{"2020-01-02t03:04:05z", "2020-01-02T03:04:05Z"},
		{"2020-01-02T03:04:05+01:00", "2020-01-02T02:04:05Z"},
		{"2020-01-02T03:04:05+0130", "2020-01-02T01:34:05Z"},
		{"2020-01-02T03:04:05-01:00:01", "2020-01-02T04:04:06Z"},
		{"2020-01-01T00:00:00+18:00", "2019-12-31T06:00:00Z"},
		{"1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"},
		{"0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
		{"-0001-12-31T23:59:59Z", "-0001-12-31T23:59:59Z"},
		{"+10000-01-01T00:00:00Z", "+10000-01-01T00:00:00Z"},
		{"+999999999-12-31T23:59:59.999999999Z", "+999999999-12-31T23:59:59.999999999Z"},
		{"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"},
	} {
		at, err := ParseTime(c.in)
		if got := FormatTime(at); err != nil || got != c.want {
			t.Errorf("%s: %s, %v; want %s", c.in, got, err, c.want)
		}
	}
	for _, s := range []string{"", "2020-01-02", "2020-01-02T03:04:05", "2020-1-2T03:04:05Z", "2020-01-02T24:00:00Z",
		"2020-01-02T03:60:05Z", "2020-01-02T03:04:60Z", "2020-02-30T00:00:00Z", "1900-02-29T00:00:00Z", "2020-13-01T00:00:00Z",
		"2020-01-02T03:04:05.1234567890Z", "2020-01-02T03:04:05+1", "2020-01-02T03:04:05+18:01", "2020-01-02T03:04:05Zx",
		"20200-01-02T03:04:05Z", "+2020-01-02T03:04:05Z", "-0000-01-01T00:00:00Z", "+1000000000-01-01T00:00:00Z",
		"2020-01-02 03:04:05Z", "2020-01-02T03:04:05+01", "2020-01-02T03Z", "+9999999999-01-01T00:00:00Z"} {
		if at, err := ParseTime(s); err == nil {
			t.Errorf("%q reads as %s", s, FormatTime(at))
		}
	}
}

// TestTimesAgainstGo compares the calendar with that of the standard library.
func TestTimesAgainstGo(t *testing.T) {
	g := newGenerator(t)
	for range 20_000 {
		at := Time{Seconds: g.Int64N(2*253402300799) - 253402300799, Nanos: int32(g.IntN(1e9))}
		std := time.Unix(at.Seconds, int64(at.Nanos)).UTC()
		if std.Year() < 0 || std.Year() > 9999 {
			continue
		}
		back, err := ParseTime(std.Format(time.RFC3339Nano))
		if err != nil || back != at {
			t.Fatalf("%v reads as %v, %v", std, back, err)
		}
		again, err := ParseTime(FormatTime(at))
		if err != nil || again != at {
			t.Fatalf("%s reads as %v, %v", FormatTime(at), again, err)
		}
		if got := TimeOfMicros(at.Micros()); got.Seconds != at.Seconds || got.Nanos != at.Nanos/1000*1000 {
			t.Fatalf("%v as microseconds is %v", at, got)
		}
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct {
		d    Date
		want string
	}{{0, "1970-01-01"}, {-1, "1969-12-31"}, {18_263, "2020-01-02"}, {MinDate, "-999999999-01-01"}, {MaxDate, "+999999999-12-31"},
		{-719_528, "0000-01-01"}, {-719_529, "-0001-12-31"}, {2_932_897, "+10000-01-01"}, {11_016, "2000-02-29"}} {
		if got := FormatDate(c.d); got != c.want {
			t.Errorf("%d: %s, want %s", c.d, got, c.want)
		}
		if back, err := ParseDate(c.want); err != nil || back != c.d {
			t.Errorf("%s: %d, %v", c.want, back, err)
		}
	}
	for d := Date(-800_000); d < 800_000; d += 37 {
		if back, err := ParseDate(FormatDate(d)); err != nil || back != d {
			t.Fatalf("%d: %s reads as %d, %v", d, FormatDate(d), back, err)
		}
	}
	for _, s := range []string{"", "2020-01-32", "2020-00-01", "20-01-01", "2020-01-01Z", "2020/01/01", "+2020-01-01", "12020-01-01"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q reads as %s", s, FormatDate(d))
		}
	}
}

func TestUUIDs(t *testing.T) {
	u, err := ParseUUID("00112233-4455-6677-8899-AAbbccddeeff")
	if err != nil || FormatUUID(u) != "00112233-4455-6677-8899-aabbccddeeff" {
		t.Fatal(FormatUUID(u), err)
	}
	for _, s := range []string{"", "00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-aabbccddeefg",
		"00112233x4455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeeff0"} {
		if _, err := ParseUUID(s); err == nil {
			t.Errorf("%q is read", s)
		}
	}
}

func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2020-01-02T03:04:05.123Z", "-0001-12-31T23:59:59+18:00", "+10000-01-01T00:00:00-0130", "2020-02-30T24:00Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := ParseTime(s)
		if err != nil {
			return
		}
		if back, err := ParseTime(FormatTime(at)); err != nil || back != at {
			t.Fatalf("%q is %v, written %s, read %v, %v", s, at, FormatTime(at), back, err)
		}
	})
}
