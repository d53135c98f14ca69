package eval

import (
	"bytes"
	"slices"

	"seriatim/txn"
	"seriatim/value"
)

// The histories of sets made of others are gathered: what is an event there
// depends on all operands.

// unionEvents are the events of all operands; equal ones count once.
func (c scanner) unionEvents(set *value.Set, t period) (eventSource, *fault) {
	var all []step
	for _, operand := range set.Of {
		steps, f := c.gather(operand, t)
		if f != nil {
			return nil, f
		}
		all = append(all, steps...)
	}
	return listed(merged(all), t), nil
}

// merged sorts steps and joins equal events.
func merged(steps []step) []step {
	slices.SortStableFunc(steps, func(a, b step) int { return compareEvents(a.event, b.event) })
	kept := steps[:0]
	for _, s := range steps {
		if n := len(kept); n > 0 && compareEvents(kept[n-1].event, s.event) == 0 {
			kept[n-1].sources = addSources(kept[n-1].sources, s.sources)
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// algebraEvents are the moments at which an element enters or leaves an
// intersection or a difference. They follow from the whole history.
func (c scanner) algebraEvents(set *value.Set, t period) (eventSource, *fault) {
	var all []operandStep
	for i, operand := range set.Of {
		steps, f := c.gather(operand, period{to: t.to})
		if f != nil {
			return nil, f
		}
		for _, s := range steps {
			all = append(all, operandStep{s, i})
		}
	}
	slices.SortStableFunc(all, func(a, b operandStep) int {
		if o := compareElements(a.event, b.event); o != 0 {
			return o
		}
		return compareEvents(a.event, b.event)
	})
	var out []step
	for len(all) > 0 {
		n := 1
		for n < len(all) && compareElements(all[0].event, all[n].event) == 0 {
			n++
		}
		out = append(out, crossings(set, all[:n])...)
		all = all[n:]
	}
	out = slices.DeleteFunc(out, func(s step) bool { return !t.has(s.event) })
	return listed(merged(out), t), nil
}

// operandStep is an event of one operand.
type operandStep struct {
	step
	operand int
}

// has tells whether an event lies in the period.
func (t period) has(e *value.Event) bool {
	if e.Unresolved {
		return t.to == txn.Pending
	}
	return t.from <= e.TS && e.TS <= t.to
}

// compareElements orders events by the element they are about. 1 and 1.0, which sets
// order alike, are two.
func compareElements(a, b *value.Event) int {
	x, _ := a.Data.(value.Array)
	y, _ := b.Data.(value.Array)
	if o := value.Compare(x, y); o != 0 {
		return o
	}
	if o := value.Compare(a.Document, b.Document); o != 0 || len(x) == 0 {
		return o
	}
	return bytes.Compare(value.AppendTermKey(nil, x), value.AppendTermKey(nil, y))
}

// crossings returns the moments at which one element enters or leaves the set,
// given its events in all operands in order of time. An operand whose first event
// is a removal held the element before.
func crossings(set *value.Set, steps []operandStep) []step {
	in := make([]bool, len(set.Of))
	seen := make([]bool, len(set.Of))
	for _, s := range steps {
		if !seen[s.operand] {
			seen[s.operand] = true
			in[s.operand] = !enters(s.event)
		}
	}
	var out []step
	present := belongs(set.Op, in)
	for i, s := range steps {
		in[s.operand] = enters(s.event)
		if i+1 < len(steps) && atOnce(s.event, steps[i+1].event) {
			continue
		}
		if now := belongs(set.Op, in); now != present {
			present = now
			e := *s.event
			e.Action = "remove"
			if now {
				e.Action = "add"
			}
			out = append(out, step{&e, s.sources})
		}
	}
	return out
}

// atOnce tells events of one time.
func atOnce(a, b *value.Event) bool { return a.TS == b.TS && a.Unresolved == b.Unresolved }

// enters tells events after which the element is there.
func enters(e *value.Event) bool { return e.Action != "remove" && e.Action != "delete" }

// belongs tells whether an element that the operands hold as in tells is in the set.
func belongs(op value.SetOp, in []bool) bool {
	for i, held := range in {
		if held != (op == value.SetIntersection || i == 0) {
			return false
		}
	}
	return true
}

// joinEvents are the events of the sets that the source leads to, as long as it
// holds the element that leads there.
func (c scanner) joinEvents(set *value.Set, t period) (eventSource, *fault) {
	source, f := c.scanner(false).gather(set.Of[0], period{to: t.to})
	if f != nil {
		return nil, f
	}
	restricted, f := c.restricts(set.Of[0])
	if f != nil {
		return nil, f
	}
	if restricted {
		source = slices.DeleteFunc(source, func(s step) bool { return !c.mayRead(s.event.Document) })
	}
	lead, f := c.leader(set)
	if f != nil {
		return nil, f.at("with")
	}
	slices.SortStableFunc(source, func(a, b step) int { return compareElements(a.event, b.event) })
	var out []step
	for len(source) > 0 {
		n := 1
		for n < len(source) && compareElements(source[0].event, source[n].event) == 0 {
			n++
		}
		steps, f := c.ledEvents(lead, source[:n], t)
		if f != nil {
			return nil, f
		}
		out = append(out, steps...)
		source = source[n:]
	}
	return listed(merged(out), t), nil
}

// ledEvents returns the events of the set that one element of a join's source
// leads to, while the source holds it; its own events are given in order of time.
func (c scanner) ledEvents(lead func(*element) (*value.Set, *fault), own []step, t period) ([]step, *fault) {
	values, _ := own[0].event.Data.(value.Array)
	target, f := lead(&element{values: values, ref: own[0].event.Document})
	if f != nil {
		return nil, f.at("with")
	}
	restricted := false
	if c.Rights != nil {
		if target, restricted = c.allowedSet(target); target == nil {
			return nil, nil
		}
	}
	steps, f := c.gather(target, t)
	if f != nil {
		return nil, f
	}
	return slices.DeleteFunc(steps, func(s step) bool {
		return !heldAt(own, s.event) || restricted && !c.mayRead(s.event.Document)
	}), nil
}

// heldAt tells whether an element with these events, in order of time, is there
// right after what e adds, or was right before what e removes.
func heldAt(own []step, e *value.Event) bool {
	held := !enters(own[0].event)
	for _, s := range own {
		if o := compareTimes(s.event, e); o > 0 || o == 0 && !enters(e) {
			break
		}
		held = enters(s.event)
	}
	return held
}
