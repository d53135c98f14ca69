package transfer

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
	"unicode"
)

// The report stays small whatever comes.
const (
	maxFields  = 100 // of a collection
	maxReasons = 20
)

// Report is what an import did, or would do.
type Report struct {
	DryRun bool
	// Took is the time of this run.
	Took time.Duration
	// State is the journal of an import that did not end.
	State string
	// Rows, Made, Same and Rejected count rows of all collections; with Resume, of both runs.
	Rows, Made, Same, Rejected int64
	// Earlier are those of Rows that runs before this one have dealt with.
	Earlier int64

	mu      sync.Mutex
	notes   []string
	targets map[string]*tally
	reasons map[string]*reason
	reject  string // the first one
}

// tally is what happened to one collection.
type tally struct {
	made, same, rejected int64
	fields               map[string]map[string]int64 // by name, then type
	order                []string
}

type reason struct {
	count int64
	first string // where
	nth   int    // among reasons
}

func newReport(notes []string) *Report {
	return &Report{notes: notes, targets: map[string]*tally{}, reasons: map[string]*reason{}}
}

func (r *Report) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.notes, text) {
		r.notes = append(r.notes, text)
	}
}

func (r *Report) tally(target string) *tally {
	t := r.targets[target]
	if t == nil {
		t = &tally{fields: map[string]map[string]int64{}}
		r.targets[target] = t
	}
	return t
}

// add counts a batch.
func (r *Report) add(d done, fields []field, list []Reject) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tally(d.Target)
	t.made, t.same, t.rejected = t.made+d.Made, t.same+d.Same, t.rejected+d.Rejected
	r.Made, r.Same, r.Rejected = r.Made+d.Made, r.Same+d.Same, r.Rejected+d.Rejected
	r.Rows += d.Made + d.Same + d.Rejected
	for _, f := range fields {
		if t.fields[f.name] == nil {
			if len(t.order) == maxFields {
				continue
			}
			t.fields[f.name] = map[string]int64{}
			t.order = append(t.order, f.name)
		}
		t.fields[f.name][f.kind]++
	}
	for _, one := range list {
		if r.reject == "" {
			r.reject = legible(fmt.Sprintf("%s:%d: %s", one.File, one.Line, one.Reason))
		}
		if r.reasons[one.Reason] == nil {
			if len(r.reasons) == maxReasons {
				continue
			}
			r.reasons[one.Reason] = &reason{first: fmt.Sprintf("%s:%d", one.File, one.Line), nth: len(r.reasons)}
		}
		r.reasons[one.Reason].count++
	}
}

// earlier counts a batch of a run before this one.
func (r *Report) earlier(d done) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Earlier += d.Made + d.Same + d.Rejected
}

// Write prints the report for people.
func (r *Report) Write(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	made := "imported"
	if r.DryRun {
		made = "to import"
	}
	fmt.Fprintf(t, "collection\t%s\talready there\trejected\t\n", made)
	names := slices.SortedFunc(maps.Keys(r.targets), func(a, b string) int { return cmp.Or(rankOf(a)-rankOf(b), strings.Compare(a, b)) })
	for _, name := range names {
		one := r.targets[name]
		label := cmp.Or(name, "(none)")
		if natives[name] {
			label = "[" + name + "]"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t\n", label, Count(one.made), Count(one.same), Count(one.rejected))
	}
	_ = t.Flush()
	if r.DryRun {
		r.writeTypes(w, names)
	}
	r.writeReasons(w)
	for _, n := range r.notes {
		fmt.Fprintln(w, "note:", legible(n))
	}
}

// writeTypes prints the types of each field, which is what a dry run is for.
func (r *Report) writeTypes(w io.Writer, names []string) {
	for _, name := range names {
		one := r.targets[name]
		if len(one.order) == 0 {
			continue
		}
		fmt.Fprintf(w, "\ntypes in %s\n", name)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, f := range one.order {
			kinds := slices.SortedFunc(maps.Keys(one.fields[f]), func(a, b string) int {
				return cmp.Or(cmp.Compare(one.fields[f][b], one.fields[f][a]), strings.Compare(a, b))
			})
			for i, k := range kinds {
				kinds[i] = fmt.Sprintf("%s %s", k, Count(one.fields[f][k]))
			}
			fmt.Fprintf(t, "  %s\t%s\n", legible(f), strings.Join(kinds, ", "))
		}
		_ = t.Flush()
	}
}

func (r *Report) writeReasons(w io.Writer) {
	if len(r.reasons) == 0 {
		return
	}
	fmt.Fprintln(w, "\nrejected rows")
	texts := slices.SortedFunc(maps.Keys(r.reasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.reasons[b].count, r.reasons[a].count), r.reasons[a].nth-r.reasons[b].nth)
	})
	told := int64(0)
	for _, text := range texts {
		one := r.reasons[text]
		told += one.count
		fmt.Fprintf(w, "  %s, first at %s: %s\n", Count(one.count), legible(one.first), legible(text))
	}
	if rest := r.Rejected - told; rest > 0 {
		fmt.Fprintf(w, "  %s for other reasons\n", Count(rest))
	}
}

// legible is text of a source as a terminal may show it: control characters are spelled out,
// and what is long is cut.
func legible(text string) string {
	const most = 500
	text = strings.ToValidUTF8(text, "\ufffd")
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	if strings.IndexFunc(text, unicode.IsControl) < 0 {
		return text
	}
	var b strings.Builder
	for _, c := range text {
		if unicode.IsControl(c) {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// Count spells a number with its thousands apart.
func Count(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
