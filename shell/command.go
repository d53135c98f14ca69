package shell

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"seriatim/client"
	"seriatim/docs/fql"
	"seriatim/syntax"
	"seriatim/wire"
)

// command is one dot command.
type command struct {
	name, argument, about string
	run                   func(s *Shell, ctx context.Context, argument string) error
}

// commands are all dot commands, in the order in which help lists them. They are
// set in init because help is one of them.
var commands []command

func init() {
	commands = []command{
		{".help", "[FUNCTION]", "this text, or how a function is called: .help Paginate", (*Shell).help},
		{".help", "functions", "the names of all functions", nil},
		{".collections", "", "the names of collections; so .indexes, .functions, .roles, .databases", listing("collections")},
		{".use", "NAME", "go to a database below this one; .. is the one above, / the first", (*Shell).use},
		{".mode", "NAME", "how results are printed: fql, json, table or csv", (*Shell).setFormat},
		{".timing", "on|off", "tell of each query how long it took, when it happened and what it cost", (*Shell).setTiming},
		{".read", "FILE", "run the queries of a file", (*Shell).read},
		{".output", "[FILE]", "write results to a file; without one, to the window again", (*Shell).output},
		{".edit", "", "change the last entry in $VISUAL or $EDITOR and run it", (*Shell).edit},
		{".watch", "[SECONDS]", "run the last entry again and again, until Ctrl-C", (*Shell).watch},
		{".last_error", "", "the last error as the server sent it", (*Shell).lastError},
		{".clear", "", "clear the screen; as the last line of a query, drop it", (*Shell).clear},
		{".exit", "", "leave, as Ctrl-D does", func(*Shell, context.Context, string) error { return errExit }},
		{".indexes", "", "", listing("indexes")},
		{".functions", "", "", listing("functions")},
		{".roles", "", "", listing("roles")},
		{".databases", "", "", listing("databases")},
		{".format", "fql|json|table|csv", "", (*Shell).setFormat}, // the name it had first
	}
}

// bare are words that people type to find the way in or out. They are no queries.
var bare = map[string]string{"help": ".help", "exit": ".exit", "quit": ".exit", "?": ".help"}

func isCommand(line string) bool {
	line = strings.TrimSpace(line)
	_, ok := bare[line]
	return ok || strings.HasPrefix(line, ".")
}

// command runs the dot command of a line.
func (s *Shell) command(ctx context.Context, line string) error {
	line = strings.TrimRight(strings.TrimSpace(line), "; \t\r")
	if name, ok := bare[line]; ok {
		line = name
	}
	name, argument, _ := strings.Cut(line, " ")
	argument = strings.TrimSpace(argument)
	for _, c := range commands {
		if c.name != name || c.run == nil {
			continue
		}
		if c.argument == "" && argument != "" {
			return s.complain(name + " takes no argument.")
		}
		return c.run(s, ctx, argument)
	}
	return s.complain(fmt.Sprintf("Unknown command %s. Type .help for the list.", plain(name)))
}

func (s *Shell) setFormat(_ context.Context, argument string) error {
	if argument == "" {
		_, err := fmt.Fprintf(s.Out, "Results are printed as %s.\n", s.Format)
		return err
	}
	f, err := ParseFormat(argument)
	if err != nil {
		return s.complain("The mode is fql, json, table or csv, as in .mode table")
	}
	s.Format = f
	return nil
}

func (s *Shell) lastError(context.Context, string) error {
	text := "No query has failed.\n"
	if s.last != nil {
		text = s.last.Text(s.Width()) + "\n"
		if e, ok := s.last.Err.(*client.Error); ok {
			body := wire.AppendPretty(nil, wire.AppendErrors(nil, e.Errors))
			text = fmt.Sprintf("Status %d\n%s", e.Status, body)
		}
	}
	_, err := fmt.Fprint(s.Out, text)
	return err
}

// clear moves to the top of an empty screen; without a terminal there is none.
func (s *Shell) clear(context.Context, string) error {
	if !s.Color {
		return nil
	}
	_, err := fmt.Fprint(s.Out, "\x1b[H\x1b[2J")
	return err
}

const introduction = "A query ends at a semicolon or, when its brackets are closed, at the end of its line. " +
	"Each query is a transaction of its own; the first that fails ends the entry."

const keys = "Tab completes. Up and Down walk through the history, Ctrl-R searches it; what begins with a space is not kept. " +
	"Ctrl-C drops what is typed, or gives up the query that runs."

// helpWidth is the most columns of running text, however wide the window is.
const helpWidth = 80

func (s *Shell) help(_ context.Context, argument string) error {
	var b strings.Builder
	switch argument {
	case "":
		width := min(max(s.Width(), minWidth), helpWidth)
		b.WriteString(labelled("", introduction, width) + "\n\n")
		for _, c := range commands {
			if c.about == "" {
				continue
			}
			label := fmt.Sprintf("  %-20s ", strings.TrimSpace(c.name+" "+c.argument))
			b.WriteString(labelled(label, c.about, width) + "\n")
		}
		b.WriteString("\n" + labelled("", keys, width) + "\n")
	case "functions":
		b.WriteString(functionList(s.Width()))
	default:
		f, meant := syntax.Lookup(strings.TrimSuffix(argument, "()"))
		if f == nil {
			return s.complain(noFunction(argument, meant))
		}
		b.WriteString(s.page(f.Name))
	}
	_, err := fmt.Fprint(s.Out, b.String())
	return err
}

// page returns what the reference says of a function, in lines of the window's width.
func (s *Shell) page(name string) string {
	width := max(s.Width(), minWidth)
	signature, rest, _ := strings.Cut(fql.Lookup(name).Plain(), "\n")
	lines := []string{s.emphasis(fold(signature, width))}
	words := "" // of the paragraph being read
	for line := range strings.SplitSeq(strings.TrimRight(rest, "\n"), "\n") {
		if line != "" && line[0] != ' ' {
			words += " " + line
			continue
		}
		if words != "" {
			lines = append(lines, labelled("", words, width))
			words = ""
		}
		lines = append(lines, fold(line, width))
	}
	return strings.Join(lines, "\n") + "\n"
}

func noFunction(name, meant string) string {
	text := "There is no function " + plain(name) + "."
	if meant != "" {
		text += " Did you mean " + meant + "?"
	}
	return text
}

func (s *Shell) emphasis(text string) string {
	if s.Color {
		return bold + text + reset
	}
	return text
}

// functionList sets the names of all functions.
func functionList(width int) string {
	var names []string
	for _, f := range syntax.Functions() {
		names = append(names, f.Name)
	}
	return columned(names, width)
}

// columned sets names in as many columns as fit the width, down and then right.
func columned(names []string, width int) string {
	for columns := max(1, width/6); ; columns-- {
		rows := (len(names) + columns - 1) / columns
		widths, total := make([]int, columns), 0
		for i, name := range names {
			widths[i/rows] = max(widths[i/rows], utf8.RuneCountInString(name)+2)
		}
		for _, w := range widths {
			total += w
		}
		if total <= width || columns == 1 {
			return columnText(names, rows, widths)
		}
	}
}

func columnText(names []string, rows int, widths []int) string {
	var b strings.Builder
	for row := range rows {
		line := ""
		for i := row; i < len(names); i += rows {
			line += pad(names[i], max(widths[i/rows], utf8.RuneCountInString(names[i])))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
