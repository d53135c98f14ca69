package syntax

import (
	"cmp"
	"fmt"
	"strings"
)

func tokensText(text string) string {
	var b strings.Builder
	for _, s := range Highlight(text) {
		fmt.Fprintf(&b, "%-11s %s\n", s.Class, text[s.Start:s.End])
	}
	return b.String()
}

func completeText(text string) string {
	names := Names{
		Collections: []string{"orders", "stores", "Stock"}, Indexes: []string{"by_name"},
		Functions: []string{"submit"}, Databases: []string{"child"},
	}
	before, _, _ := strings.Cut(text, "|")
	from, matches := Complete(before, names)
	kind, of := names.Wanted(before)
	for _, l := range names.Listings() {
		if l.Names == of {
			kind += " by " + Kind(l.Query)
		}
	}
	return fmt.Sprintf("%q: %s\n%s\n", before[from:], strings.Join(matches, " "), cmp.Or(kind, "nothing"))
}
