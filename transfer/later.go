package transfer

import (
	"context"
	"errors"
	"fmt"

	"seriatim/client"
)

// Two things of definitions come later than the definitions. A function's role may need
// that function. And a collection takes documents of any time only while it has kept all
// of its history, so it keeps everything until its documents are there.

// keepForLater remembers them.
func (im *importing) keepForLater(r *row, raw []byte) {
	if r.target != "functions" && r.target != "collections" || im.DryRun {
		return
	}
	all, err := members(raw)
	if err != nil {
		return
	}
	for _, m := range all {
		if isNull(m.raw) || m.name != "role" && m.name != "history_days" {
			continue
		}
		v, err := (&reading{tags: true}).value(nil, &scan{b: m.raw})
		switch {
		case err != nil:
		case r.target == "functions" && m.name == "role":
			q := append(quote([]byte(`{"do":[{"update":{"function":`), r.id), `},"params":{"object":{"role":`...)
			im.roles = append(im.roles, &row{id: r.id, query: append(append(q, v...), `}}},0]}`...)})
		case r.target == "collections" && m.name == "history_days":
			im.histories = append(im.histories, &row{id: r.id, query: historyQuery(r.id, v)})
		}
	}
}

// historyQuery says how long a collection keeps its history, when that was left open.
func historyQuery(name string, days []byte) []byte {
	c := appendCollection(nil, name)
	out := append([]byte(`{"if":{"is_null":{"select":"history_days","from":{"get":`), c...)
	out = append(append(out, `},"default":null}},"then":{"do":[{"update":`...), c...)
	return append(append(append(out, `,"params":{"object":{"history_days":`...), days...), `}}},0]},"else":1}`...)
}

// setRoles gives functions their roles, now that both are there.
func (im *importing) setRoles(ctx context.Context) error {
	err := im.setAll(ctx, im.roles, "function %s has not got its role: %s")
	im.roles = nil
	return err
}

// setHistories lets collections forget, now that their documents are there.
func (im *importing) setHistories(ctx context.Context) error {
	return im.setAll(ctx, im.histories, "collection %s keeps all history: %s")
}

func (im *importing) setAll(ctx context.Context, rows []*row, note string) error {
	for _, r := range rows {
		_, err := im.send(ctx, im.Client, r.query, "")
		var answer *client.Error
		if errors.As(err, &answer) && answer.Status == statusBadRequest {
			im.report.note(fmt.Sprintf(note, r.id, answer))
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}
