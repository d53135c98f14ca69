package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// faunaDefault is where fauna-shell's endpoints are that do not say it. A secret of theirs is
// sent nowhere else.
const faunaDefault = "https://db.fauna.com"

// faunaFiles are those of the fauna-shells: ~/.fauna-shell of releases up to 1, and what
// release 4 looks for in the current directory.
func faunaFiles(getenv func(string) string) []string {
	return []string{
		filepath.Join(cmp.Or(getenv("HOME"), getenv("USERPROFILE")), ".fauna-shell"),
		"fauna.config.yaml", "fauna.config.yml", "fauna.config.json", ".fauna.config.yaml", ".fauna.config.yml", ".fauna.config.json",
	}
}

// faunaProfile finds one of theirs by its name; nil for none.
func faunaProfile(getenv func(string) string, name string) (*profile, error) {
	for _, file := range faunaFiles(getenv) {
		all, err := readProfiles(file)
		if err != nil {
			return nil, err
		}
		if one := all.find(name); one != nil {
			return one, nil
		}
	}
	return nil, nil
}

// readProfiles reads a file of ours or of fauna-shell; one that is not there is empty.
func readProfiles(file string) (*profiles, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &profiles{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if strings.HasPrefix(strings.TrimPrefix(filepath.Base(file), "."), "fauna.config.") {
		return readFaunaConfig(f)
	}
	p, members := &profiles{}, map[string]string{}
	var now *profile
	finish := func() {
		if now != nil {
			now.secret = members["secret"]
			now.endpoint = cmp.Or(members["endpoint"], members["url"], faunaEndpoint(members), faunaDefault)
			p.all = append(p.all, now)
		}
		members = map[string]string{}
	}
	scan := bufio.NewScanner(f)
	for line := 1; scan.Scan(); line++ {
		text := strings.TrimSpace(scan.Text())
		switch name, value, pair := strings.Cut(text, "="); {
		case text == "" || text[0] == ';' || text[0] == '#':
		case text[0] == '[' && text[len(text)-1] == ']':
			finish()
			now = &profile{name: text[1 : len(text)-1]}
		case !pair:
			return nil, fmt.Errorf("%s:%d: %q is neither [NAME] nor NAME=VALUE", file, line, text)
		case now == nil && strings.TrimSpace(name) == "default":
			p.chosen = unquoted(value)
		default:
			members[strings.TrimSpace(name)] = unquoted(value)
		}
	}
	finish()
	p.nested()
	return p, scan.Err()
}

// nested takes endpoints as fauna-shell 1 writes them, [endpoint.NAME]: where there is one,
// no other section is an endpoint.
func (p *profiles) nested() {
	var inner []*profile
	for _, one := range p.all {
		if name, ok := strings.CutPrefix(one.name, "endpoint."); ok {
			one.name = strings.ReplaceAll(name, `\.`, ".")
			inner = append(inner, one)
		}
	}
	if inner != nil {
		p.all = inner
	}
}

// readFaunaConfig reads the profiles of fauna-shell 4: YAML, of which JSON is a part, with a
// map of flags by the profile's name.
func readFaunaConfig(f *os.File) (*profiles, error) {
	text, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil, err
	}
	var all map[string]struct{ Secret, URL, Database, Role string }
	if err := yaml.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	p := &profiles{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		in := all[name]
		one := &profile{name: name, endpoint: cmp.Or(in.URL, faunaDefault), secret: in.Secret}
		switch {
		case in.Database != "":
			one.secret += ":" + in.Database + ":" + cmp.Or(in.Role, "admin")
		case in.Role != "":
			one.secret += ":" + in.Role
		}
		if in.Secret != "" {
			p.all = append(p.all, one)
		}
	}
	return p, nil
}

func unquoted(text string) string { return strings.Trim(strings.TrimSpace(text), `"'`) }

// faunaEndpoint is the URL that fauna-shell's members make.
func faunaEndpoint(members map[string]string) string {
	domain := members["domain"]
	if domain == "" {
		return ""
	}
	url := cmp.Or(members["scheme"], "https") + "://" + domain
	if port := members["port"]; port != "" {
		url += ":" + port
	}
	return url
}
