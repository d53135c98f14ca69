package sim

import (
	"fmt"
	"strings"
)

// reason says in words why the first transaction precedes the second, for the
// relations that come from data.
type reason func(from, to int32, why relation) string

// explain turns a cycle into an anomaly: the transactions, one a line in the
// notation, then each step of the contradiction.
func explain(h History, cycle []step, because reason) Anomaly {
	var b strings.Builder
	short := make([]string, len(cycle))
	for i, s := range cycle {
		short[i] = relationNames[s.why]
	}
	fmt.Fprintf(&b, "no order of these transactions is possible [%s]", strings.Join(short, " "))
	for _, s := range cycle {
		b.WriteString("\n  " + h[s.node].brief())
	}
	for i, s := range cycle {
		from, to := s.node, cycle[(i+1)%len(cycle)].node
		fmt.Fprintf(&b, "\n  %s < %s: %s", h[from].name(), h[to].name(), h.because(from, to, s.why, because))
	}
	return Anomaly{class(cycle), b.String()}
}

func (h History) because(from, to int32, why relation, other reason) string {
	a, b := &h[from], &h[to]
	switch why {
	case session:
		return fmt.Sprintf("process %d did them in this order", a.Process)
	case realtime:
		return fmt.Sprintf("%s had returned at %d when %s was invoked at %d", a.name(), a.Return, b.name(), b.Invoke)
	default:
		return other(from, to, why)
	}
}
