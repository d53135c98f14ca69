package sim

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// jsonOp and jsonMicro are the stored form: short names, nothing that is zero.
type jsonOp struct {
	ID      int         `json:"id"`
	Process int         `json:"p"`
	Kind    string      `json:"kind,omitempty"`
	Invoke  int64       `json:"from"`
	Return  int64       `json:"to"`
	Outcome string      `json:"outcome"`
	TS      int64       `json:"ts,omitempty"`
	Session bool        `json:"session,omitempty"`
	Micros  []jsonMicro `json:"steps"`
	Note    string      `json:"note,omitempty"`
}

type jsonMicro struct {
	Act     string  `json:"f"`
	Key     string  `json:"k"`
	Value   int64   `json:"v,omitempty"`
	Old     int64   `json:"old,omitempty"`
	List    []int64 `json:"list,omitempty"`
	None    bool    `json:"none,omitempty"`
	Refused bool    `json:"refused,omitempty"`
	Via     string  `json:"via,omitempty"`
	At      int64   `json:"at,omitempty"`
}

// WriteTo stores the history as JSON Lines, one operation a line, so that it
// can be kept and checked again. It implements io.WriterTo.
func (h History) WriteTo(w io.Writer) (int64, error) {
	out := &counter{w: bufio.NewWriterSize(w, 1<<16)}
	enc := json.NewEncoder(out)
	for i := range h {
		if err := enc.Encode(toJSON(&h[i])); err != nil {
			return out.n, fmt.Errorf("sim: write history: %w", err)
		}
	}
	if err := out.w.Flush(); err != nil {
		return out.n, fmt.Errorf("sim: write history: %w", err)
	}
	return out.n, nil
}

type counter struct {
	w *bufio.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// ReadHistory reads what WriteTo stored, to the end of r. The error names the
// operation, counted from 1.
func ReadHistory(r io.Reader) (History, error) {
	dec := json.NewDecoder(bufio.NewReaderSize(r, 1<<16))
	dec.DisallowUnknownFields()
	var h History
	for {
		var j jsonOp
		err := dec.Decode(&j)
		if errors.Is(err, io.EOF) {
			return h, nil
		}
		var op Op
		if err == nil {
			op, err = fromJSON(&j)
		}
		if err != nil {
			return nil, fmt.Errorf("sim: read history: operation %d: %w", len(h)+1, err)
		}
		h = append(h, op)
	}
}

func toJSON(o *Op) jsonOp {
	j := jsonOp{ID: o.ID, Process: o.Process, Kind: o.Kind, Invoke: o.Invoke, Return: o.Return,
		Outcome: outcomeNames[o.Outcome], TS: o.TS, Session: o.Session, Note: o.Note}
	j.Micros = make([]jsonMicro, len(o.Micros))
	for i := range o.Micros {
		m := &o.Micros[i]
		j.Micros[i] = jsonMicro{actNames[m.Act], m.Key, m.Value, m.Old, m.List, m.None, m.Refused, m.Via, m.At}
	}
	return j
}

func fromJSON(j *jsonOp) (Op, error) {
	o := Op{ID: j.ID, Process: j.Process, Kind: j.Kind, Invoke: j.Invoke, Return: j.Return,
		TS: j.TS, Session: j.Session, Note: j.Note}
	outcome := slices.Index(outcomeNames[:], j.Outcome)
	if outcome < 0 {
		return o, fmt.Errorf("%q is not an outcome", j.Outcome)
	}
	o.Outcome = Outcome(outcome)
	for i := range j.Micros {
		m := &j.Micros[i]
		act := slices.Index(actNames[:], m.Act)
		if act < 0 {
			return o, fmt.Errorf("%q is not a step", m.Act)
		}
		o.Micros = append(o.Micros, Micro{Act(act), m.Key, m.Value, m.Old, m.List, m.None, m.Refused, m.Via, m.At})
	}
	return o, nil
}
