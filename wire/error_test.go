package wire

import (
	"reflect"
	"testing"
)

// TestStatus states which error decides the status of a response.
func TestStatus(t *testing.T) {
	code := func(codes ...string) (errs []Error) {
		for _, c := range codes {
			errs = append(errs, Error{Code: c})
		}
		return errs
	}
	tests := []struct {
		name string
		errs []Error
		want int
	}{
		{"none", nil, 200},
		{"parse", code("invalid expression"), 400},
		{"parse before missing", code("instance not found", "invalid expression"), 400},
		{"argument before permission", code("permission denied", "invalid argument"), 400},
		{"permission before missing", code("instance not found", "permission denied"), 403},
		{"the first of equals", code("instance not found", "validation failed"), 404},
		{"the first of equals, other order", code("validation failed", "instance not found"), 400},
		{"missing value", code("value not found"), 404},
		{"missing schema", code("schema not found"), 404},
		{"inactive index", []Error{{Code: "instance not found", Class: ClassPlain}}, 400},
		{"effect", []Error{{Code: "invalid expression", Class: ClassPlain}, {Code: "permission denied"}}, 403},
		{"abort", code("transaction aborted"), 400},
		{"unauthorized", code("unauthorized"), 401},
		{"contended", code("contended transaction"), 409},
		{"too large", code("request too large"), 413},
		{"internal", code("internal server error"), 500},
		{"time out", code("time out"), 503},
	}
	for _, tt := range tests {
		if got := StatusOf(tt.errs); got != tt.want {
			t.Errorf("%s: status %d, want %d", tt.name, got, tt.want)
		}
	}
}

// TestErrors states the form of errors in a body, and that reading it gives
// them back.
func TestErrors(t *testing.T) {
	errs := []Error{
		{Code: "call error", Description: "Calling the function resulted in an error.", HasPosition: true, Position: []any{"let", 0, "x"},
			Cause: []Error{{Code: "transaction aborted", Description: "no \"stock\"", HasPosition: true}}},
		{Code: "validation failed", Description: "document data is not valid.", HasPosition: true, Position: []any{"create"},
			Failures: []Failure{{Field: []any{"data", "a", 1}, Code: "value required", Description: "Required value not found."}}},
		{Code: "unauthorized", Description: "Unauthorized"},
	}
	want := `{"errors":[` +
		`{"position":["let",0,"x"],"code":"call error","description":"Calling the function resulted in an error.",` +
		`"cause":[{"position":[],"code":"transaction aborted","description":"no \"stock\""}]},` +
		`{"position":["create"],"code":"validation failed","description":"document data is not valid.",` +
		`"failures":[{"field":["data","a",1],"code":"value required","description":"Required value not found."}]},` +
		`{"code":"unauthorized","description":"Unauthorized"}]}`
	body := AppendErrors(nil, errs)
	if string(body) != want {
		t.Fatalf("got  %s\nwant %s", body, want)
	}
	got, err := DecodeErrors(body)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, errs) {
		t.Errorf("got  %+v\nwant %+v", got, errs)
	}
	for _, bad := range []string{``, `[]`, `{}`, `{"errors":1}`, `{"resource":{"errors":[]}}`} {
		if _, err := DecodeErrors([]byte(bad)); err == nil {
			t.Errorf("%q was read as errors", bad)
		}
	}
	if got := errs[2].Error(); got != "unauthorized: Unauthorized" {
		t.Errorf("as a Go error: %q", got)
	}
}

func TestPretty(t *testing.T) {
	want := "{\n  \"resource\": [\n    1,\n    2.0\n  ]\n}\n"
	if got := AppendPretty(nil, []byte(`{"resource":[1,2.0]}`)); string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := AppendPretty(nil, []byte(`{`)); string(got) != "{" {
		t.Errorf("got %q", got)
	}
}
