package sim_test

import (
	"encoding/json"
	"fmt"

	"seriatim/sim"
)

// streamFields are what streams are asked to show: what histories show too.
const streamFields = "action,document,diff,index"

// streamLine is an event of a stream as it is sent.
type streamLine struct {
	Type  string
	TXN   int64
	Event json.RawMessage
}

// told says in the words of a history what an event tells.
func (l *streamLine) told() (sim.Change, error) {
	var body struct {
		Action         string
		Document, Diff *struct {
			TS        int64
			Ref, Data json.RawMessage
		}
		Index *struct{ Values json.RawMessage }
	}
	if err := json.Unmarshal(l.Event, &body); err != nil {
		return sim.Change{}, fmt.Errorf("event %s: %w", l.Event, err)
	}
	switch {
	case l.Type == "set" && body.Document != nil:
		if body.Index != nil && string(body.Index.Values) != "[]" {
			return changeOf(l.TXN, body.Action, body.Document.Ref, body.Index.Values), nil
		}
		return changeOf(l.TXN, body.Action, body.Document.Ref, nil), nil
	case l.Type == "version" && body.Diff != nil:
		return changeOf(l.TXN, body.Action, nil, body.Diff.Data), nil
	}
	return sim.Change{}, fmt.Errorf("event %s %s: nobody rewrites history here", l.Type, l.Event)
}

func changeOf(ts int64, action string, ref, data json.RawMessage) sim.Change {
	return sim.Change{TS: ts, What: action + " " + string(ref) + orNothing(data)}
}

func orNothing(data json.RawMessage) string {
	if string(data) == "null" {
		return ""
	}
	return string(data)
}

// historyText reads what a stream of the target is compared with, from a time on.
func historyText(target string, from int64) string {
	return fmt.Sprintf(`Paginate(Events(%s), {size: 100000, after: %d})`, target, from)
}

// historyOf reads the page that historyText gives.
func historyOf(a *answer) ([]sim.Change, error) {
	var page struct {
		Data []struct {
			TS             int64
			Action         string
			Document, Data json.RawMessage
		}
		After json.RawMessage
	}
	if err := a.into(&page); err != nil {
		return nil, err
	}
	if page.After != nil {
		return nil, fmt.Errorf("a history of more than %d changes", len(page.Data))
	}
	all := make([]sim.Change, len(page.Data))
	for i, e := range page.Data {
		if e.Action != "add" && e.Action != "remove" { // of a document, whose reference says nothing new
			e.Document = nil
		}
		all[i] = changeOf(e.TS, e.Action, e.Document, e.Data)
	}
	return all, nil
}

// changes puts a history in order of time.
func changes(all []sim.Change) sim.Changes {
	c := sim.Changes{}
	for _, one := range all {
		c[one.TS] = append(c[one.TS], one.What)
	}
	return c
}
