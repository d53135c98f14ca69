package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"seriatim/client"
	"seriatim/wire"
)

// Statuses of answers, as HTTP has them.
const (
	statusBadRequest     = 400
	statusUnauthorized   = 401
	statusForbidden      = 403
	statusConflict       = 409
	statusTooMany        = 429
	statusBadGateway     = 502
	statusUnavailable    = 503
	statusGatewayTimeout = 504
)

// send sends a query until there is an answer. An answer that says "later", and no answer,
// are waited for as long as Patience says.
func (im *importing) send(ctx context.Context, c *client.Client, body []byte, key string) (*client.Result, error) {
	begun, pause := time.Now(), 50*time.Millisecond
	for {
		var res *client.Result
		var err error
		if key == "" {
			res, err = c.Send(ctx, body)
		} else {
			res, err = c.SendOnce(ctx, body, key)
		}
		if err == nil || !later(err) || ctx.Err() != nil || time.Since(begun) > im.Patience {
			return res, err
		}
		select {
		case <-ctx.Done():
			return res, err
		case <-time.After(pause/2 + rand.N(pause)):
		}
		pause = min(2*pause, 2*time.Second)
	}
}

// later tells whether the same query may be answered after a while.
func later(err error) bool {
	if errors.Is(err, client.ErrHandshake) {
		return false
	}
	var answer *client.Error
	if !errors.As(err, &answer) {
		return errors.Is(err, client.ErrConnection)
	}
	switch answer.Status {
	case statusConflict, statusTooMany, statusBadGateway, statusUnavailable, statusGatewayTimeout:
		return true
	}
	return false
}

// writeRows writes the rows of a batch, without those that the server refuses.
func (im *importing) writeRows(ctx context.Context, b *batch, d *done) error {
	return im.writeSome(ctx, b, without(b.rows, im.journal.drops[[2]int{b.file, b.from}], b), d)
}

// without rejects the rows of those numbers.
func without(rows []pending, drop map[int]string, b *batch) []pending {
	var kept []pending
	for _, p := range rows {
		if why, ok := drop[p.n]; ok {
			b.reject(p, why)
		} else {
			kept = append(kept, p)
		}
	}
	return kept
}

func (im *importing) writeSome(ctx context.Context, b *batch, rows []pending, d *done) error {
	session := im.Client
	if b.target == "credentials" {
		session = im.Credentials
	}
	for len(rows) > 0 {
		if session == nil {
			for _, p := range rows {
				b.reject(p, "hashes of passwords are brought along by a session with the server role, which this secret does not give")
			}
			return nil
		}
		im.sent.Store(true)
		body := []byte{'['}
		for i, p := range rows {
			if i > 0 {
				body = append(body, ',')
			}
			body = append(body, p.query...)
		}
		body = append(body, ']')
		res, err := im.send(ctx, session, body, im.key(b, rows[0].n, body))
		if err == nil {
			return b.count(rows, res.Body, d)
		}
		var answer *client.Error
		if !errors.As(err, &answer) || answer.Status == statusUnauthorized || answer.Status == statusForbidden || later(err) {
			return err
		}
		drop := refused(rows, answer.Errors)
		switch {
		case len(drop) > 0:
			if err := im.journal.append(done{File: b.file, From: b.from, Drop: byReason(drop)}); err != nil {
				return err
			}
			rows = without(rows, drop, b)
		case len(rows) > 1: // more than one transaction may do
			if err := im.writeSome(ctx, b, rows[:len(rows)/2], d); err != nil {
				return err
			}
			rows = rows[len(rows)/2:]
		default:
			b.reject(rows[0], because(&answer.Errors[0]))
			return nil
		}
	}
	return nil
}

// key is the idempotency key of some rows: the same ones have the same, always.
func (im *importing) key(b *batch, first int, body []byte) string {
	sum := sha256.Sum256(body)
	return fmt.Sprintf("%s-%d-%d-%s", im.journal.header.ID, b.file, first, hex.EncodeToString(sum[:8]))
}

// refused tells which rows the errors of a query are about, and why.
func refused(rows []pending, errs []wire.Error) map[int]string {
	drop := map[int]string{}
	for i := range errs {
		e := &errs[i]
		if !e.HasPosition || len(e.Position) == 0 {
			return nil
		}
		at, ok := place(e.Position[0])
		if !ok || at < 0 || at >= len(rows) {
			return nil
		}
		if drop[rows[at].n] == "" {
			drop[rows[at].n] = because(e)
		}
	}
	return drop
}

// byReason turns what refused returns around: many rows have one reason.
func byReason(drop map[int]string) map[string][]int {
	out := map[string][]int{}
	for n, why := range drop {
		out[why] = append(out[why], n)
	}
	return out
}

func place(step any) (int, bool) {
	switch n := step.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case float64:
		return int(n), true
	}
	return 0, false
}

// because spells an error with its failures.
func because(e *wire.Error) string {
	text := e.Code + ": " + e.Description
	for _, f := range e.Failures {
		text += " " + fieldOf(f.Field) + ": " + f.Description
	}
	if e.Code == "invalid write time" || strings.Contains(e.Description, "minimum allowed timestamp") {
		text += " (--no-ts gives documents the time of their import)"
	}
	return text
}

// fieldOf spells the path of a member of a document.
func fieldOf(path []any) string {
	var steps []string
	for i, s := range path {
		steps = append(steps, fmt.Sprint(s))
		if s == "data" || i > 0 && path[i-1] == "do" {
			steps = nil
		}
	}
	return strings.Join(steps, ".")
}

// count reads the results of a batch.
func (b *batch) count(rows []pending, body []byte, d *done) error {
	var results []int
	if err := json.Unmarshal(body, &results); err != nil || len(results) != len(rows) {
		return fmt.Errorf("transfer: the server answers %.80s", body)
	}
	for i, r := range results {
		switch r {
		case resultMade:
			d.Made++
		case resultSame:
			d.Same++
		default:
			b.reject(rows[i], "another document with this id is there")
		}
	}
	return nil
}
