// Command licences lists every module that the program and its tests are built
// from, with its licence, and fails when one is missing or not permissive.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// module is what go list tells of a package's module.
type module struct {
	Path, Version, Dir string
	Main               bool
}

// signs are sentences that only one licence has, in lower case and with single
// spaces. Earlier ones win.
var signs = []struct{ licence, text string }{
	{"GPL", "gnu general public license"},
	{"GPL", "gnu affero general public license"},
	{"MPL-2.0", "mozilla public license version 2.0"},
	{"MPL-2.0", "mozilla public license, version 2.0"},
	{"Apache-2.0", "apache license"},
	{"BSD-3-Clause", "neither the name of"},
	{"BSD-2-Clause", "redistributions in binary form must reproduce"},
	{"MIT", "permission is hereby granted, free of charge"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software"},
	{"ISC", "permission to use, copy, modify, and distribute this software for any purpose"},
}

// allowed are the licences that ask for no more than attribution. MPL-2.0 is for
// tools of the tests, which are not part of the program.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "ISC"}

func main() {
	program, err := modules("./cmd/seriatim")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	all, err := modules("-test", "./...")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	bad := 0
	for _, m := range all {
		licence := licenceOf(m.Dir)
		inProgram := slices.Contains(program, m)
		ok := slices.Contains(allowed, licence) || licence == "MPL-2.0" && !inProgram
		use := "tests"
		if inProgram {
			use = "program"
		}
		fmt.Printf("%-14s %-8s %s %s\n", licence, use, m.Path, m.Version)
		if !ok {
			bad++
			fmt.Printf("  ^ not permissive\n")
		}
	}
	fmt.Printf("%d modules, %d refused\n", len(all), bad)
	if bad > 0 {
		os.Exit(1)
	}
}

// modules returns the modules of the packages that go list finds, by path.
func modules(args ...string) ([]module, error) {
	cmd := exec.Command("go", append([]string{"list", "-deps", "-json=Module"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	seen := map[module]bool{}
	for dec := json.NewDecoder(out); ; {
		var p struct{ Module *module }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if p.Module != nil && !p.Module.Main {
			seen[*p.Module] = true
		}
	}
	var list []module
	for m := range seen {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return list, cmd.Wait()
}

// licenceOf names the licence in a module's folder.
func licenceOf(dir string) string {
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return "none"
	}
	for _, f := range files {
		name := strings.ToUpper(filepath.Base(f))
		if !strings.HasPrefix(name, "LICEN") && !strings.HasPrefix(name, "COPYING") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		plain := strings.ToLower(strings.Join(strings.Fields(string(text)), " "))
		for _, s := range signs {
			if strings.Contains(plain, s.text) {
				return s.licence
			}
		}
	}
	return "none"
}
