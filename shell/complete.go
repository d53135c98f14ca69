package shell

import (
	"context"
	"strings"

	"seriatim/syntax"
)

// Candidate is one text that may stand at the cursor.
type Candidate struct {
	Text string
	// About is a line on it, or "".
	About string
}

// Candidates returns what may stand at the end of before, the text up to the
// cursor, and the byte offset from which it replaces the text. Names of
// definitions are read again when an entry ran since they were last read.
func (s *Shell) Candidates(ctx context.Context, before string) (from int, candidates []Candidate) {
	if trimmed := strings.TrimLeft(before, " "); strings.HasPrefix(trimmed, ".") && !strings.Contains(trimmed, "\n") {
		return commandCandidates(before)
	}
	if s.names.stale {
		ctx, stop := context.WithTimeout(ctx, patience)
		defer stop()
		// Without names completion still knows functions and variables.
		_ = s.Learn(ctx)
	}
	from, texts := syntax.Complete(before, s.names.Names)
	return from, describe(texts)
}

// fewCandidates is up to how many functions are shown with their arguments; more
// are only listed.
const fewCandidates = 12

func describe(texts []string) []Candidate {
	candidates := make([]Candidate, len(texts))
	for i, text := range texts {
		candidates[i].Text = text
		if f, _ := syntax.Lookup(text); f != nil && f.Name == text && len(texts) <= fewCandidates {
			candidates[i].About = strings.TrimPrefix(f.Signature, f.Name) + " " + f.Summary
		}
	}
	return candidates
}

// commandCandidates completes dot commands and their arguments.
func commandCandidates(before string) (from int, candidates []Candidate) {
	from = strings.LastIndexByte(before, ' ') + 1
	word := before[from:]
	switch name := strings.TrimSpace(before[:from]); name {
	case "":
		for _, c := range commands {
			if c.run != nil && strings.HasPrefix(c.name, word) {
				candidates = append(candidates, Candidate{Text: c.name, About: c.about})
			}
		}
	case ".help":
		_, texts := syntax.Complete(word, syntax.Names{})
		candidates = describe(texts)
	case ".mode", ".format":
		for _, f := range []Format{FormatFQL, FormatJSON, FormatTable, FormatCSV} {
			if strings.HasPrefix(string(f), word) {
				candidates = append(candidates, Candidate{Text: string(f)})
			}
		}
	}
	return from, candidates
}
