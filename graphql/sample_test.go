package graphql

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sampleVariable names a copy of github.com/vendia/examples, whose data models are
// real uses of the dialect.
const sampleVariable = "SERIATIM_VENDIA_EXAMPLES"

// TestSamples compiles every data model of the public examples, and works with it.
func TestSamples(t *testing.T) {
	dir := os.Getenv(sampleVariable)
	if dir == "" {
		t.Skip("set " + sampleVariable + " to a copy of github.com/vendia/examples")
	}
	compiled := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var head struct {
			Schema     string          `json:"$schema"`
			Properties json.RawMessage `json:"properties"`
		}
		if json.Unmarshal(text, &head) != nil || !strings.Contains(head.Schema, "json-schema.org") && head.Properties == nil {
			return nil
		}
		name, _ := filepath.Rel(dir, path)
		compiled++
		if _, err := Compile(text); err != nil {
			t.Errorf("%s: %v", name, err)
			return nil
		}
		t.Run(name, func(t *testing.T) { lifecycle(t, text) })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d data models", compiled)
}

// TestOwnSamples compiles the models in testdata/schema, which use what the public
// ones do, and works with them.
func TestOwnSamples(t *testing.T) {
	paths, err := filepath.Glob("testdata/schema/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no schemas: %v", err)
	}
	for _, path := range paths {
		m := compileFile(t, path)
		if again := compileFile(t, path); again.SDL() != m.SDL() {
			t.Errorf("%s: compiled twice, the API differs", path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(path), func(t *testing.T) { lifecycle(t, text) })
	}
}
