package shell

import (
	"encoding/csv"
	"strings"
	"unicode/utf8"

	"seriatim/syntax"
	"seriatim/value"
)

// table is a result in rows and columns.
type table struct {
	columns []string
	rows    []map[string]string
	after   bool // there is a further page
	scalar  bool // the rows are values of one nameless column
}

// maxDepth is how deep objects are taken apart into columns.
const maxDepth = 4

// newTable lays out a page or an array an element a row, anything else as one row. A
// document becomes its reference and what its data holds, an object its members, an array
// its elements.
func newTable(v syntax.Expr) *table {
	t := &table{}
	page, ok := v.(*syntax.Object)
	data, isPage := member(page, "data").(*syntax.Array)
	if ok && isPage && member(page, "ref") == nil {
		t.after = member(page, "after") != nil
		v = data
	}
	list, ok := v.(*syntax.Array)
	if !ok {
		list = &syntax.Array{Elems: []syntax.Expr{v}}
	}
	for _, e := range list.Elems {
		t.add(e)
	}
	return t
}

func member(o *syntax.Object, name string) syntax.Expr {
	if o == nil {
		return nil
	}
	for _, m := range o.Members {
		if m.Name == name {
			return m.Expr
		}
	}
	return nil
}

func (t *table) add(e syntax.Expr) {
	row := map[string]string{}
	put := func(column, text string) {
		if _, known := row[column]; known {
			return
		}
		row[column] = text
		for _, c := range t.columns {
			if c == column {
				return
			}
		}
		t.columns = append(t.columns, column)
	}
	switch x := e.(type) {
	case *syntax.Object:
		ref, document := member(x, "ref").(*syntax.RefLiteral)
		for _, m := range x.Members {
			switch {
			case document && m.Name == "ref":
				put("id", ref.ID)
			case document && m.Name == "data":
				spread(m.Expr, "", maxDepth, put)
			default:
				spread(m.Expr, m.Name, maxDepth, put)
			}
		}
	case *syntax.Array:
		for i, elem := range x.Elems {
			spread(elem, "value "+string(rune('1'+i)), 0, put)
		}
	default:
		t.scalar = true
		spread(e, "value", 0, put)
	}
	t.rows = append(t.rows, row)
}

// spread puts a value into a column, or the members of an object into one each.
func spread(e syntax.Expr, name string, depth int, put func(column, text string)) {
	o, ok := e.(*syntax.Object)
	if !ok || depth == 0 || len(o.Members) == 0 {
		put(name, cell(e))
		return
	}
	for _, m := range o.Members {
		column := m.Name
		if name != "" {
			column = name + "." + m.Name
		}
		spread(m.Expr, column, depth-1, put)
	}
}

// cell is the text of a value: a string as it is, all else as the language spells it.
func cell(e syntax.Expr) string {
	if l, ok := e.(*syntax.Literal); ok {
		if s, ok := l.Value.(value.String); ok {
			return string(s)
		}
	}
	return syntax.Print(e)
}

// csv writes the table with a line of names first (RFC 4180).
func (t *table) csv() (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(t.columns)
	for _, row := range t.rows {
		record := make([]string, len(t.columns))
		for i, c := range t.columns {
			record[i] = row[c]
		}
		_ = w.Write(record)
	}
	w.Flush()
	return b.String(), w.Error()
}

// narrowest is the fewest columns that a cell is cut to.
const narrowest = 6

// text writes the table for a window of that many columns; what is too long for it ends
// in a dot.
func (t *table) text(width int) string {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = utf8.RuneCountInString(c)
		for _, row := range t.rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(shown(row[c])))
		}
	}
	fit(widths, width)
	var b strings.Builder
	line := func(text func(column string) string) {
		out := ""
		for i, c := range t.columns {
			out += pad(text(c), widths[i]) + "  "
		}
		b.WriteString(strings.TrimRight(out, " ") + "\n")
	}
	if len(widths) > 0 {
		line(func(c string) string { return c })
		var rules []string
		for _, w := range widths {
			rules = append(rules, strings.Repeat("-", w))
		}
		b.WriteString(strings.Join(rules, "  ") + "\n")
	}
	for _, row := range t.rows {
		line(func(c string) string { return shown(row[c]) })
	}
	b.WriteString("(" + count(len(t.rows), "row"))
	if t.after {
		b.WriteString(", and a further page")
	}
	b.WriteString(")\n")
	return b.String()
}

// shown is a cell on one line.
func shown(text string) string {
	return strings.NewReplacer("\n", "\\n", "\t", "\\t").Replace(plain(text))
}

// fit narrows the widest columns until all fit, with two spaces after each.
func fit(widths []int, width int) {
	for {
		total, widest := -2, 0
		for i, w := range widths {
			total += w + 2
			if w > widths[widest] {
				widest = i
			}
		}
		if total <= width || len(widths) == 0 || widths[widest] <= narrowest {
			return
		}
		widths[widest] = max(narrowest, widths[widest]-(total-width))
		if second := secondWidest(widths, widest); widths[widest] < second {
			widths[widest] = max(narrowest, second-1)
		}
	}
}

func secondWidest(widths []int, but int) int {
	most := 0
	for i, w := range widths {
		if i != but {
			most = max(most, w)
		}
	}
	return most
}

// pad fills a text up to a width, or cuts it.
func pad(text string, width int) string {
	n := utf8.RuneCountInString(text)
	if n <= width {
		return text + strings.Repeat(" ", width-n)
	}
	return string([]rune(text)[:width-1]) + "…"
}
