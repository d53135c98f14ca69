package wire

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/syntax"
)

// TestDecode runs the scripts in testdata/decode. A script gives a request
// body and states the tree, printed by AppendExpr, or the errors:
//
//	query [version=4]   decodes an expression
//	data                decodes a value
//	lambda [version=4]  decodes a lambda's source and prints its canonical one
func TestDecode(t *testing.T) {
	datadriven.Walk(t, "testdata/decode", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			v := syntax.V4
			if d.HasArg("version") {
				var name string
				d.ScanArgs(t, "version", &name)
				var ok bool
				if v, ok = syntax.ParseVersion(name); !ok {
					d.Fatalf(t, "no version %s", name)
				}
			}
			body := []byte(d.Input)
			switch d.Cmd {
			case "query":
				e, errs := DecodeQuery(body, v)
				if errs != nil {
					return errorText(errs)
				}
				return string(AppendExpr(nil, e)) + "\n"
			case "data":
				e, err := DecodeData(body)
				if err != nil {
					return errorText([]Error{*err.(*Error)})
				}
				return string(AppendData(nil, e)) + "\n"
			case "lambda":
				l, err := DecodeLambda(body, v)
				if err != nil {
					return "error: " + err.Error() + "\n"
				}
				return fmt.Sprintf("%s %s\n", l.Version, AppendLambda(nil, l))
			}
			d.Fatalf(t, "unknown command %s", d.Cmd)
			return ""
		})
	})
}

// errorText prints one error a line: its position, then the description; the
// code only when it is not that of malformed queries.
func errorText(errs []Error) string {
	var b strings.Builder
	for i := range errs {
		e := &errs[i]
		fmt.Fprintf(&b, "%s ", appendPath(nil, e.Position))
		if e.Code != "invalid expression" {
			fmt.Fprintf(&b, "%s: ", e.Code)
		}
		fmt.Fprintf(&b, "%s\n", e.Description)
	}
	return b.String()
}
