package shell

import (
	"fmt"
	"strings"

	"seriatim/client"
	"seriatim/docs/fql"
	"seriatim/syntax"
	"seriatim/wire"
)

// command is one dot command.
type command struct {
	name, argument, about string
	run                   func(s *Shell, argument string) error
}

// commands are all dot commands, in the order in which help lists them. They are
// set in init because help is one of them.
var commands []command

func init() {
	commands = []command{
		{".help", "[FUNCTION]", "this text, or how a function is called: .help Paginate", (*Shell).help},
		{".help", "functions", "the names of all functions", nil},
		{".format", "json|shell", "how results are printed", (*Shell).setFormat},
		{".last_error", "", "the last error as the server sent it", (*Shell).lastError},
		{".clear", "", "clear the screen; as the last line of a query, drop it", (*Shell).clear},
		{".exit", "", "leave, as Ctrl-D does", func(*Shell, string) error { return errExit }},
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
func (s *Shell) command(line string) error {
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
		return c.run(s, argument)
	}
	return s.complain(fmt.Sprintf("Unknown command %s. Type .help for the list.", plain(name)))
}

func (s *Shell) setFormat(argument string) error {
	if argument == "" {
		_, err := fmt.Fprintf(s.Out, "Results are printed as %s.\n", s.Format)
		return err
	}
	f, err := ParseFormat(argument)
	if err != nil {
		return s.complain("The format is json or shell, as in .format json")
	}
	s.Format = f
	return nil
}

func (s *Shell) lastError(string) error {
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
func (s *Shell) clear(string) error {
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

func (s *Shell) help(argument string) error {
	var b strings.Builder
	switch argument {
	case "":
		width := min(max(s.Width(), minWidth), helpWidth)
		b.WriteString(labelled("", introduction, width) + "\n\n")
		for _, c := range commands {
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

// functionList sets the names of all functions in as many columns as fit the
// width, down and then right.
func functionList(width int) string {
	functions := syntax.Functions()
	for columns := max(1, width/6); ; columns-- {
		rows := (len(functions) + columns - 1) / columns
		widths, total := make([]int, columns), 0
		for i, f := range functions {
			widths[i/rows] = max(widths[i/rows], len(f.Name)+2)
		}
		for _, w := range widths {
			total += w
		}
		if total <= width || columns == 1 {
			return columnText(functions, rows, widths)
		}
	}
}

func columnText(functions []syntax.Function, rows int, widths []int) string {
	var b strings.Builder
	for row := range rows {
		line := ""
		for i := row; i < len(functions); i += rows {
			line += fmt.Sprintf("%-*s", widths[i/rows], functions[i].Name)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
