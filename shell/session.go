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
	return s.told(ctx, text)
}

// told runs queries for a person: what fails is printed.
func (s *Shell) told(ctx context.Context, text string) error {
	ctx, stop := s.Entry(ctx)
	defer stop()
	f, err := s.attempt(ctx, text)
	if f != nil {
		return s.failed(f)
	}
	return err
}

// attempt runs queries and returns what failed, if something did.
func (s *Shell) attempt(ctx context.Context, text string) (f *Failure, err error) {
	s.names.stale = true
	if err = s.Run(ctx, text); errors.As(err, &f) {
		err = nil
	}
	return f, err
}

// failed prints what failed, and keeps it for .last_error.
func (s *Shell) failed(f *Failure) error {
	s.last = f
	return s.complain(f.Text(s.Width()))
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
