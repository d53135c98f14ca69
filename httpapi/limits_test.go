package httpapi_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"seriatim/httpapi"
)

// TestLimitsOfHeaders: each limit of a header is hit exactly; one above is refused.
func TestLimitsOfHeaders(t *testing.T) {
	d := start(t, httpapi.Options{})
	// pairs joins n tags whose keys and values have the given lengths.
	pairs := func(n, key, value int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("%0*d=%s", key, i, strings.Repeat("v", value))
		}
		return strings.Join(list, ",")
	}
	fill := pairs(24, 40, 80) // 24*121 + 23 = 2927 bytes
	for _, c := range []struct{ name, header, passes, fails, wrong string }{
		{"tags", "X-Fauna-Tags", pairs(25, 2, 1), pairs(26, 2, 1), "too many tags"},
		{"a tag's key", "X-Fauna-Tags", pairs(1, 40, 1), pairs(1, 41, 1), "invalid key"},
		{"a tag's value", "X-Fauna-Tags", pairs(1, 1, 80), pairs(1, 1, 81), "invalid value"},
		{"all tags", "X-Fauna-Tags", fill + ",k=" + strings.Repeat("v", 70), fill + ",k=" + strings.Repeat("v", 71), "header is too long"},
		{"an empty tag", "X-Fauna-Tags", "a=b", "a=", "invalid tags"},
		{"a key of a tag", "X-Fauna-Tags", "a_Z9=b", "a-b=c", "invalid tags"},
		{"the timeout", "X-Query-Timeout", "600000", "600001", "Must be less than or equal to 600000."},
		{"the least timeout", "X-Query-Timeout", "1000", "0", "Must be greater than 0."},
		{"retries", "X-Max-Retries-On-Contention", "7", "8", "Must be between 0 and 7."},
		{"the fewest retries", "X-Max-Retries-On-Contention", "0", "-1", "Must be between 0 and 7."},
		{"a key of repeats", "Idempotency-Key", strings.Repeat("k", 255), strings.Repeat("k", 256), "Must be at most 255 bytes."},
	} {
		if r := d.post(`1`, c.header, c.passes); r.StatusCode != http.StatusOK {
			t.Errorf("%s at the limit: %d %s", c.name, r.StatusCode, r.body)
		}
		r := d.post(`1`, c.header, c.fails)
		d.wants(r, http.StatusBadRequest, "bad request", "Invalid header '"+strings.ToLower(c.header)+"': "+c.wrong)
		if r.Header.Get("X-Fauna-Tags") != "" {
			t.Errorf("%s: refused tags come back", c.name)
		}
	}
}

// TestTrace: a trace context that is well formed comes back; for any other there is
// a new one, and the query runs.
func TestTrace(t *testing.T) {
	d := start(t, httpapi.Options{})
	const good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	if got := d.post(`1`, "Traceparent", good).Header.Get("Traceparent"); got != good {
		t.Errorf("%s came back as %s", good, got)
	}
	for _, bad := range []string{
		"", "0", good + "0", good[:54], strings.ToUpper(good), "ff" + good[2:], strings.Replace(good, "-", "_", 1),
		"00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
		strings.Replace(good, "af", "ag", 1), strings.Repeat("0", 10_000),
	} {
		r := d.must(d.post(`1`, "Traceparent", bad), http.StatusOK)
		got := r.Header.Get("Traceparent")
		if len(got) != 55 || got == bad || got == good || d.post(`1`, "Traceparent", got).Header.Get("Traceparent") != got {
			t.Errorf("for %.80q there is %q", bad, got)
		}
	}
}

// loops are queries that would take minutes, one for each kind of loop; that of regular
// expressions is tested with the database. None of them
// passes a budget before its time.
var loops = map[string]string{
	"sets":      `{"count":{"filter":{"lambda":"a","expr":{"is_nonempty":{"match":{"index":"none"},"terms":{"replacestr":` + thousand + `,"find":"x","replace":"y"}}}},"collection":` + many + `}}`,
	"histories": `{"paginate":{"union":[` + strings.TrimSuffix(strings.Repeat(`{"events":{"documents":{"collection":"stock"}}},`, 5000), ",") + `]},"size":1}`,
	"documents": `{"foreach":{"lambda":"i","expr":{"merge":{"get":{"ref":{"collection":"stock"},"id":"9"}},"with":{"object":{}}}},"collection":[` + ones(3000) + `]}`,
}

const (
	thousand = `{"repeat":"x","number":1000}`
	many     = `{"documents":{"collection":"stock"}}`
)

func ones(n int) string { return strings.TrimSuffix(strings.Repeat("1,", n), ",") }

// TestTimeouts: the time that a query is given ends it in every kind of loop, with
// 503, unless one of its budgets did before.
func TestTimeouts(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.shop()
	d.must(d.post(`{"create":{"ref":{"collection":"stock"},"id":"9"},"params":{"object":{"data":{"object":{"l":[`+ones(100_000)+`]}}}}}`), http.StatusCreated)
	d.must(d.post(`{"create_index":{"object":{"name":"none","source":{"collection":"stock"},"terms":{"object":{"field":["data","no"]}}}}}`), http.StatusCreated)
	d.must(d.post(`{"foreach":{"lambda":"i","expr":{"create":{"collection":"stock"},"params":{"object":{}}}},"collection":[`+ones(4000)+`]}`), http.StatusOK)
	for name, query := range loops {
		t.Run(name, func(t *testing.T) {
			var r reply
			for limit := 50; limit < 5000; limit *= 2 { // on a busy machine the first may be over before it begins
				begin := processor()
				r = d.post(query, "X-Query-Timeout", fmt.Sprint(limit))
				if took := processor() - begin; took > 10*time.Second {
					t.Errorf("it took %v", took)
				}
				if n, _ := strconv.Atoi(r.Header.Get("X-Compute-Ops")); n > 0 {
					break
				}
			}
			if r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(r.body, `"Read timed out"`) {
				t.Errorf("%d %s", r.StatusCode, shorten(r.body))
			}
			if n, err := strconv.Atoi(r.Header.Get("X-Compute-Ops")); err != nil || n == 0 {
				t.Errorf("the cost of a query out of time is %q", r.Header.Get("X-Compute-Ops"))
			}
		})
	}
}
