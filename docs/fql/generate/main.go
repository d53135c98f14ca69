// Command generate writes the Markdown pages of the reference from its source:
// go generate ./docs/fql. It promises to leave exactly those files; it knows
// nothing of what is in them. Start reading in main.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"seriatim/docs/fql"
)

func main() {
	folder := flag.String("folder", "", "where the pages go; by default "+fql.Folder+" here or below docs/fql")
	flag.Parse()
	if err := generate(*folder); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate writes all pages and removes those that are no longer written.
func generate(folder string) error {
	if folder == "" {
		folder = fql.Folder
		if _, err := os.Stat("docs/fql/source"); err == nil {
			folder = filepath.Join("docs/fql", folder)
		}
	}
	files := fql.Markdown()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	old, err := filepath.Glob(filepath.Join(folder, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if files[filepath.Base(path)] == "" {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}
