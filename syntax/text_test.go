package syntax

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestText runs the scripts in testdata. Their commands take shell text:
//
//	parse    the wire form of each query
//	error    the mistake that the text has, and whether more text may mend it
//	print    Print of each query
//	pretty   Pretty of each query, width=N for other widths than 80
//	inspect  Inspect of the one query, width=N likewise
//	tokens   the classes of the text's tokens
//	complete what completes the text before its | mark
//	locate   the place of each wire position, a line each before the query, and
//	         the text there
//
// Whatever parses is also printed both ways and parsed again.
func TestText(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			width := 0
			d.MaybeScanArgs(t, "width", &width)
			switch d.Cmd {
			case "tokens":
				return tokensText(d.Input)
			case "complete":
				return completeText(d.Input)
			case "locate":
				return locateText(t, d.Input)
			}
			queries, err := ParseQueries(d.Input)
			if d.Cmd == "error" {
				return errorText(err)
			}
			if err != nil {
				return err.Error()
			}
			var out []string
			for _, q := range queries {
				out = append(out, perform(d.Cmd, q.Expr, width))
				checkIdentity(t, q.Expr)
			}
			return strings.Join(out, "\n")
		})
	})
}

func perform(command string, e Expr, width int) string {
	switch command {
	case "parse":
		return dump(e)
	case "print":
		return Print(e)
	case "pretty":
		return Pretty(e, width)
	case "inspect":
		return Inspect(e, width)
	}
	return "unknown command " + command
}

// locateText shows the places in the text that steps, joined with dots, lead to.
func locateText(t *testing.T, input string) string {
	positions, text, _ := strings.Cut(input, "\n---\n")
	queries, err := ParseQueries(text)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for position := range strings.SplitSeq(positions, "\n") {
		var steps []any
		for step := range strings.FieldsFuncSeq(position, func(c rune) bool { return c == '.' }) {
			if n, err := strconv.Atoi(step); err == nil {
				steps = append(steps, n)
			} else {
				steps = append(steps, step)
			}
		}
		q := &queries[len(queries)-1]
		at := q.Locate(steps)
		from, to := q.Span(steps)
		if from != at.Offset {
			t.Errorf("%s begins at %d and at %d", position, from, at.Offset)
		}
		out = append(out, position+" is at "+at.String()+": "+text[from:to]+"\n"+Excerpt(text, at, 40))
	}
	return strings.Join(out, "\n")
}

func errorText(err error) string {
	var e *Error
	if !errors.As(err, &e) {
		return "no error"
	}
	if e.End < e.Pos.Offset {
		return "the mistake ends before it begins"
	}
	if e.Incomplete {
		return err.Error() + "\nincomplete"
	}
	return err.Error()
}

// checkIdentity fails when printing e and parsing the text gives another tree.
func checkIdentity(t *testing.T, e Expr) {
	t.Helper()
	for _, text := range []string{Print(e), Pretty(e, 80), Pretty(e, 30)} {
		again, err := Parse(text)
		if err != nil {
			t.Errorf("printed text does not parse: %v\n%s", err, text)
		} else if !Equal(e, again) && !hasTags(e) {
			t.Errorf("printed text gives another tree:\n%s\n%s\n%s", text, dump(e), dump(again))
		} else if hasTags(e) && Print(again) != Print(e) {
			t.Errorf("printed text prints otherwise:\n%s\n%s", Print(e), Print(again))
		}
	}
}

// hasTags reports whether e has data that is printed as the call that builds it.
func hasTags(e Expr) (found bool) {
	Walk(e, func(e Expr) bool {
		switch e.(type) {
		case *RefLiteral, *SetLiteral:
			found = true
		}
		return !found
	})
	return found
}
