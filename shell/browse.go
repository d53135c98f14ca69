package shell

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"seriatim/syntax"
)

// listing returns the command that prints the names of one kind of definitions.
func listing(kind string) func(*Shell, context.Context, string) error {
	all := new(syntax.Names).Listings()
	one := all[slices.IndexFunc(all, func(l syntax.Listing) bool { return l.Kind == kind })]
	return func(s *Shell, ctx context.Context, _ string) error {
		ctx, stop := s.Entry(ctx)
		defer stop()
		list, err := s.list(ctx, one.Query)
		if err != nil {
			return s.failed(&Failure{Err: err})
		}
		if len(list) == 0 {
			_, err = fmt.Fprintf(s.Out, "There are no %s, or the secret may not list them.\n", kind)
			return err
		}
		_, err = fmt.Fprint(s.Out, columned(list, s.Width()))
		return err
	}
}

// use goes to another database.
func (s *Shell) use(ctx context.Context, argument string) error {
	if argument == "" {
		return s.complain("Name a database, as in .use shop; .. is the one above.")
	}
	if s.Open == nil {
		return s.complain("This secret opens one database only.")
	}
	path := below(s.Database, argument)
	c, err := s.Open(path)
	if err == nil {
		err = (&Shell{client: c}).reaches(ctx)
	}
	if err != nil {
		if c != nil {
			c.Close()
		}
		return s.complain(fmt.Sprintf("There is no database %s that this secret opens: %s", plain(argument), (&Failure{Err: err}).Text(0)))
	}
	if s.own != nil {
		s.own.Close()
	}
	s.client, s.own, s.Database = c, c, path
	s.names.stale = true
	return nil
}

// reaches asks something that everybody may.
func (s *Shell) reaches(ctx context.Context) error {
	_, err := s.client.Send(ctx, []byte(`{"now":null}`))
	return err
}

// below is the path of a database named from another one.
func below(path, name string) string {
	if strings.HasPrefix(name, "/") {
		path = ""
	}
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == "" || part == ".":
		case part == ".." && len(parts) > 0:
			parts = parts[:len(parts)-1]
		case part != "..":
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "/")
}

func (s *Shell) setTiming(_ context.Context, argument string) error {
	switch argument {
	case "on", "off":
		s.timing = argument == "on"
	case "":
		s.timing = !s.timing
	default:
		return s.complain("Timing is on or off.")
	}
	_, err := fmt.Fprintf(s.Out, "Timing is %s.\n", map[bool]string{true: "on", false: "off"}[s.timing])
	return err
}

// read runs the queries of a file.
func (s *Shell) read(ctx context.Context, argument string) error {
	if argument == "" {
		return s.complain("Name a file, as in .read shop.fql")
	}
	text, err := os.ReadFile(argument)
	if err != nil {
		return s.complain(err.Error())
	}
	s.text = string(text)
	return s.told(ctx, s.text)
}

// output sends results to a file, or to the window again.
func (s *Shell) output(_ context.Context, argument string) error {
	err := s.toWindow()
	if err == nil && argument != "" && argument != "-" {
		s.file, err = os.OpenFile(argument, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	}
	if err != nil {
		return s.complain(err.Error())
	}
	return nil
}

// edit runs the last entry as a person changes it.
func (s *Shell) edit(ctx context.Context, _ string) error {
	if s.Edit == nil {
		return s.complain("There is no editor here.")
	}
	text, err := s.Edit(s.text)
	if err != nil {
		return s.complain("The editor: " + err.Error())
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	s.text = text
	if _, err := fmt.Fprintln(s.Out, strings.TrimRight(plain(text), "\n")); err != nil {
		return err
	}
	return s.told(ctx, text)
}

// watch runs the last entry until it is interrupted or fails.
func (s *Shell) watch(ctx context.Context, argument string) error {
	every := 2 * time.Second
	if argument != "" {
		seconds, err := strconv.ParseFloat(argument, 64)
		if err != nil || seconds < 0.1 || seconds > 86400 {
			return s.complain("Give seconds from 0.1 on, as in .watch 5")
		}
		every = time.Duration(seconds * float64(time.Second))
	}
	if strings.TrimSpace(s.text) == "" {
		return s.complain("There is no entry yet to run again.")
	}
	ctx, stop := s.Entry(ctx)
	defer stop()
	for {
		if err := s.clear(ctx, ""); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(s.Out, "Every %v, %s; Ctrl-C ends it.\n", every, time.Now().Format("15:04:05")); err != nil {
			return err
		}
		switch f, err := s.attempt(ctx, s.text); {
		case err != nil:
			return err
		case f != nil && ctx.Err() == nil:
			return s.failed(f)
		}
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return nil
		}
	}
}
