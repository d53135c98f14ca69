package sim_test

import (
	"fmt"
	"hash"
)

// trace is what happened in a world, a line each: faults, the fates of blocks, the
// answers of clients. Two runs of one seed are compared by it.
type trace struct {
	hash  hash.Hash64
	lines int
	keep  bool
	text  []string
}

// note adds a line, with the virtual time in microseconds.
func (w *world) note(format string, args ...any) {
	line := fmt.Sprintf("%d "+format+"\n", append([]any{w.now().Microseconds()}, args...)...)
	_, _ = w.trace.hash.Write([]byte(line))
	w.trace.lines++
	if w.trace.keep {
		w.trace.text = append(w.trace.text, line)
	}
}
