package graphql

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzReadVariables holds the reader against encoding/json: the same texts are
// read, but for names given twice, too deep ones and numbers out of range, and what
// is read is the same.
func FuzzReadVariables(f *testing.F) {
	for _, s := range []string{``, `null`, `{}`, ` {"a" : [1 , -2.5e3, "x\u00e9\n\"", true,false,null, {} , [] ] , "b":{"c":{}}} `,
		`{"a":1,"a":2}`, `{"a":1e999}`, `[1]`, `{"a":9223372036854775808}`, `{"a":"\ud800"}`, `{"":""}`, `{"a":1}x`, "{\"a\":\"\xff\"}", `{"a":-0}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := readVariables(text)
		if err != nil {
			return
		}
		var want map[string]any
		if len(bytes.Trim(text, " \t\r\n")) > 0 {
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatalf("%q was read: %v", text, err)
			}
		}
		var again map[string]any
		if err := json.Unmarshal(appendJSON(nil, got), &again); err != nil {
			t.Fatal(err)
		}
		if len(want) != 0 && !reflect.DeepEqual(want, again) {
			t.Fatalf("%q was read as %q", text, appendJSON(nil, got))
		}
	})
}
