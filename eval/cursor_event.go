package eval

import (
	"math"
	"strings"

	"seriatim/value"
)

// eventCursor takes a place in a history: microseconds, a time, a date, null for
// the end, or an event.
func (c *context) eventCursor(v value.Value) (*value.Event, *fault) {
	switch v := v.(type) {
	case value.Int:
		return eventsFrom(int64(v)), nil
	case value.Time:
		return eventsFrom(v.Micros()), nil
	case value.Date:
		return eventsFrom(int64(v) * 86400e6), nil
	case value.Null:
		return eventsFrom(maxMicros), nil
	case value.TxnTime:
		return &value.Event{Unresolved: true, Action: "add", IsSet: true}, nil
	case *value.Event:
		return v, nil
	case *value.Object:
		return eventCursorObject(v)
	case *value.UnresolvedRef:
		return nil, invalidRef(v)
	}
	return nil, wrongType(v, "Object", "Integer", "Time", "Date")
}

// maxMicros is later than any event.
const maxMicros int64 = 1<<63 - 1

// eventsFrom is the place before all events of a time.
func eventsFrom(ts int64) *value.Event {
	return &value.Event{TS: ts, Action: "add", IsSet: true}
}

// behindDocuments is the place in a history that an event stands for which names no
// document: as in the core, behind every document with that time and action, or with
// all behind everything of that time, which is where the history of a set goes on.
func behindDocuments(e *value.Event, all bool) *value.Event {
	place := *e
	place.Document = value.Ref{Collection: math.MaxUint32, ID: math.MaxInt64}
	if all {
		place.Action = "remove"
	}
	return &place
}

// eventCursorKeys are the key sets that spell an event, in their order.
var eventCursorKeys = [][]string{
	{"ts"}, {"ts", "action"},
	{"ts", "action", "resource"}, {"ts", "action", "resource", "values"},
	{"ts", "action", "instance"}, {"ts", "action", "instance", "data"},
	{"ts", "action", "document"}, {"ts", "action", "document", "data"},
}

// eventCursorObject takes an event as pages spell it.
func eventCursorObject(o *value.Object) (*value.Event, *fault) {
	for _, keys := range eventCursorKeys {
		if hasExactly(o, keys) {
			return eventOf(o, keys)
		}
	}
	names := make([]string, len(o.Fields))
	for i := range o.Fields {
		names[i] = o.Fields[i].Name
	}
	return nil, invalidArgument("Cannot create event cursor with keys %s", strings.Join(names, ", "))
}

func hasExactly(o *value.Object, keys []string) bool {
	if len(o.Fields) != len(keys) {
		return false
	}
	for _, k := range keys {
		if _, ok := o.Get(k); !ok {
			return false
		}
	}
	return true
}

// eventOf reads the members of an event cursor and reports all that are wrong.
func eventOf(o *value.Object, keys []string) (*value.Event, *fault) {
	e := &value.Event{Action: "add", IsSet: true}
	var failed *fault
	for _, i := range [...]int{0, 2, 1, 3} { // the order in which the core tells what is wrong
		if i < len(keys) {
			v, _ := o.Get(keys[i])
			failed = failed.join(atIf(fillEvent(e, i, v), keys[i]))
		}
	}
	if failed != nil {
		return nil, failed
	}
	return e, nil
}

// fillEvent sets member i of an event cursor: ts, action, document or data.
func fillEvent(e *value.Event, i int, v value.Value) *fault {
	switch i {
	case 0:
		if _, ok := v.(value.TxnTime); ok {
			e.Unresolved = true
			return nil
		}
		ts, f := castTo[value.Int](v, "Integer")
		e.TS = int64(ts)
		return f
	case 1:
		action, set, f := eventAction(v)
		e.Action, e.IsSet = action, set
		return f
	case 2:
		ref, ok := v.(value.Ref)
		if !ok {
			return wrongType(v, "Ref")
		}
		e.Document = ref
		return nil
	}
	if _, ok := v.(value.Null); !ok && e.IsSet { // no data of a document's event
		e.Data = value.Array(tupleOf(v))
	}
	return nil
}

// eventAction takes the action of a set's event, where create and delete count
// as add and remove, or of a document's.
func eventAction(v value.Value) (action value.Action, set bool, f *fault) {
	switch actionName(v) {
	case "add", "create":
		return "add", true, nil
	case "remove", "delete":
		return "remove", true, nil
	case "update":
		return "update", false, nil
	}
	return "", false, wrongAction(v)
}

// actionName returns the text of an action or a string.
func actionName(v value.Value) string {
	switch v := v.(type) {
	case value.Action:
		return string(v)
	case value.String:
		return string(v)
	}
	return ""
}

// wrongAction is the error of what is no action of a document.
func wrongAction(v value.Value) *fault {
	return invalidArgument("String 'create', 'update', or 'delete' expected, %s provided.", typeName(v))
}
