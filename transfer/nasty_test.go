package transfer_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seriatim/transfer"
)

// packed compresses text, without its last bytes.
func packed(text string, without int) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()[:b.Len()-without]
}

// TestNasty imports what other programs leave behind. Of each file the report or the error
// says what is in want; values are the members called a, in order.
func TestNasty(t *testing.T) {
	s := start(t)
	for _, c := range []struct{ name, text, values, want string }{
		{"mark.csv", "\ufeffa,b\r\n1,2\r\n", `["1"]`, ""},
		{"mark2.jsonl", "\ufeff{\"a\":1}\r\n{\"a\":2}\r\n", `[1,2]`, ""},
		{"mark3.json", "\ufeff[{\"a\":1},{\"a\":2}]", `[1,2]`, ""},
		{"wide.json", "\xff\xfe[\x00", "", "wide.json: it is UTF-16"},
		{"latin.csv", "a\nJos\xe9\nJo\n", `["Jo"]`, "1, first at latin.csv:2: a: text is not UTF-8"},
		{"latin2.jsonl", "{\"a\":\"\xe9\"}\n{\"a\":1}", `[1]`, "a: text is not UTF-8"},
		{"returns.csv", "a,b\r1,2\r3,4\r", `["1","3"]`, ""},
		{"quoted.csv", "a\n\"x\r\ny \"\"z\"\"\"\n", `["x\r\ny \"z\""]`, ""},
		{"open.csv", "a\n1\n\"x\n2\n", `["1"]`, "open.csv:3: a quoted cell does not end"},
		{"semicolons.csv", "a;b\n1;2\n", `[]`, `the header is one column, "a;b": --separator says`},
		{"twice.csv", "a,b,a\n", "", `column 3 is called "a" as another one is`},
		{"nameless.csv", ",a\n", "", "column 1 has no name"},
		{"empty.csv", "", `[]`, "note: empty.csv has no rows"},
		{"empty.json", " \n", `[]`, "note: empty.json has no rows"},
		{"header.csv", "a,b\n", `[]`, "note: header.csv has no rows"},
		{"members.jsonl.gz", packed("{\"a\":1}\n", 0) + packed("{\"a\":2}\n", 0), `[1,2]`, ""},
		{"cut.jsonl.gz", packed("{\"a\":1}\n", 9), "", "cut.jsonl.gz: the compressed file is cut off"},
		{"plain.jsonl.gz", "{\"a\":1,\"b\":2}\n", "", "plain.jsonl.gz: it is no gzip file"},
		{"bad name!.json", `{"a":1}`, "", `collection "bad name!" cannot be made: `},
		{"schema.fsl", "collection X {}", "", "FSL, the schema language of FQL v10, is not read"},
		{"steering.csv", "a\x1b[2J\nx\n", `[]`, ""},
		{"long.jsonl", `{"a":{"@long":"9223372036854775808"}}` + "\n" + `{"a":1e400}` + "\n" + `{"a":-9223372036854775808}`, `[-9223372036854775808]`, "a: 1e400 is larger than a number can be"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, c.name)
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := transfer.Import(t.Context(), transfer.Options{Path: path, Client: s.main})
		var told strings.Builder
		if err != nil {
			told.WriteString(err.Error())
		} else {
			r.Write(&told)
			collection, _, _ := strings.Cut(c.name, ".")
			q := `{"map":{"lambda":"x","expr":{"select":["data","a"],"from":{"get":{"var":"x"}}}},"collection":{"filter":{"lambda":"x","expr":{"contains_path":["data","a"],"in":{"get":{"var":"x"}}}},"collection":{"paginate":{"documents":{"collection":"` + collection + `"}}}}}`
			if got := s.query(t, q); got != `{"data":`+c.values+`}` {
				t.Errorf("%s: %s, want %s", c.name, got, c.values)
			}
		}
		if (err != nil) != (c.values == "") || !strings.Contains(told.String(), c.want) || strings.Contains(told.String(), "\x1b") {
			t.Errorf("%s: %v, %s\nwant %s", c.name, err, told.String(), c.want)
		}
		if _, err := os.Stat(path + ".import-state"); !errors.Is(err, fs.ErrNotExist) && c.name != "cut.jsonl.gz" {
			t.Errorf("%s: a journal is left of nothing", c.name)
		}
	}
}
