package shell

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// lines reads entries from a stream, line by line.
type lines struct {
	in      *bufio.Reader
	prompts io.Writer
	prompt  func() string
}

// Lines returns an Input that reads r line by line and writes prompts: the prompt
// before an entry and dots before its further lines. It is for what is no
// terminal, or one that cannot move its cursor.
func Lines(r io.Reader, prompts io.Writer, prompt func() string) Input {
	return &lines{in: bufio.NewReader(r), prompts: prompts, prompt: prompt}
}

// Next reads lines until they are an entry. What the stream's end cuts off is an
// entry too, for its mistake to be told.
func (l *lines) Next() (string, error) {
	var text strings.Builder
	prompt := l.prompt()
	further := strings.Repeat(".", max(1, len(prompt)-1)) + " "
	for {
		if _, err := io.WriteString(l.prompts, prompt); err != nil {
			return "", err
		}
		line, err := l.in.ReadString('\n')
		text.WriteString(line)
		switch entry := text.String(); {
		case err != nil && !errors.Is(err, io.EOF):
			return "", err
		case err != nil && strings.TrimSpace(entry) == "":
			return "", io.EOF
		case err != nil || Complete(entry):
			return entry, nil
		}
		prompt = further
	}
}
