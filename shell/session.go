package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"seriatim/syntax"
)

// Input gives the entries of a session one by one: one or more queries, or a
// dot command. It returns ErrInterrupted when the entry being typed was dropped, and
// io.EOF at the end.
type Input interface {
	Next() (string, error)
}

// ErrInterrupted says that a person dropped what was being typed.
var ErrInterrupted = errors.New("shell: interrupted")

// errExit ends a session from a command.
var errExit = errors.New("shell: exit")

// Interact runs a session until its input ends or a command leaves it. What fails
// is printed and the session goes on, also when the server is gone: it may come
// back. The error is one of reading or writing.
func (s *Shell) Interact(ctx context.Context, in Input) error {
	for {
		text, err := in.Next()
		switch {
		case errors.Is(err, ErrInterrupted):
			continue
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := s.entry(ctx, text); errors.Is(err, errExit) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// entry runs one entry: the dot commands at its beginning, a line each, then
// its queries.
func (s *Shell) entry(ctx context.Context, text string) error {
	for {
		line, rest, _ := strings.Cut(strings.TrimLeft(text, " \t\r\n"), "\n")
		if !isCommand(line) {
			break
		}
		if err := s.command(ctx, line); err != nil {
			return err
		}
		text = rest
	}
	if dropped(text) || strings.TrimSpace(text) == "" {
		return nil
	}
	s.text = text
	_, err := s.told(ctx, text)
	return err
}

// told runs queries for a person: what fails is printed. ok tells whether nothing did.
func (s *Shell) told(ctx context.Context, text string) (ok bool, err error) {
	ctx, stop := s.Entry(ctx)
	defer stop()
	s.names.stale = true
	err = s.Run(ctx, text)
	var f *Failure
	if !errors.As(err, &f) {
		return err == nil, err
	}
	s.last = f
	return false, s.complain(f.Text(s.Width()))
}

// complain prints the text of an error, its first line in colour.
func (s *Shell) complain(text string) error {
	if s.Color {
		head, rest, more := strings.Cut(text, "\n")
		if text = red + head + reset; more {
			text += "\n" + rest
		}
	}
	_, err := fmt.Fprintln(s.Err, text)
	return err
}

// Complete reports whether text is an entry as it stands, or a shell should read
// on: a bracket or comment is still open. A last line with .clear or .exit ends
// any entry.
func Complete(text string) bool {
	if isCommand(strings.TrimSpace(text)) || dropped(text) {
		return true
	}
	_, err := syntax.ParseQueries(text)
	var mistake *syntax.Error
	return !errors.As(err, &mistake) || !mistake.Incomplete
}

// dropped reports whether text is a query that its last line gives up.
func dropped(text string) bool {
	text = strings.TrimRight(text, " \t\r\n")
	last := strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
	return last == ".clear"
}
