package httpapi

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"seriatim"
	"seriatim/ledger"
)

// maxExports bounds the exports that run at once: each reads a whole ledger.
const maxExports = 8

// ledgerRoute is where a node reads its uni's ledger: parts are what follows /ledger/.
func (s *Server) ledgerRoute(uni, node string, parts []string) (route, bool) {
	door := &ledgerDoor{server: s, uni: uni, node: node, parts: parts[1:]}
	answers := map[string]func(*ledgerAnswer) error{
		"checkpoint": door.checkpoint, "export": door.export, "transaction": door.transaction,
		"document": door.document, "inclusion": door.inclusion, "consistency": door.consistency,
	}
	counts := map[string][2]int{"transaction": {1, 1}, "document": {1, 2}}
	answer, known := answers[parts[0]]
	if count := counts[parts[0]]; !known || len(door.parts) < count[0] || len(door.parts) > count[1] {
		return route{}, false
	}
	return route{methods: []string{"GET"}, serve: func(w http.ResponseWriter, r *http.Request) { door.serve(w, r, answer) }}, true
}

// ledgerDoor reads one part of a ledger for one request.
type ledgerDoor struct {
	server    *Server
	uni, node string
	parts     []string // what is asked for, in the path
}

// ledgerAnswer is an answer under way.
type ledgerAnswer struct {
	ledger *seriatim.Ledger
	w      http.ResponseWriter
	r      *http.Request
	began  bool // the answer is on its way, so an error can only break it off
}

// secretRoute tells a node what its webhooks are signed with.
func (s *Server) secretRoute(uni, node string) route {
	return route{methods: []string{"GET"}, serve: func(w http.ResponseWriter, r *http.Request) {
		q, problem := parseHeaders(r)
		if problem != "" {
			s.refuse(w, r, badRequest(problem))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), q.Timeout)
		defer cancel()
		if err := s.catchUp(ctx, q); err != nil {
			s.refuseCall(w, r, err, 0)
			return
		}
		secret, refusal := s.db.OwnWebhookSecret(ctx, &seriatim.GraphRequest{Uni: uni, Node: node, Authorization: q.Authorization})
		if refusal != nil {
			s.graphAnswer(w, r, refusal, 0, 0)
			return
		}
		s.managed(w, r, &managementCall{status: http.StatusOK}, map[string]string{"secret": string(secret)}, nil, 0)
	}}
}

func (d *ledgerDoor) serve(w http.ResponseWriter, r *http.Request, answer func(*ledgerAnswer) error) {
	s, start := d.server, time.Now()
	q, problem := parseHeaders(r)
	if problem != "" {
		s.refuse(w, r, badRequest(problem))
		return
	}
	if q.Authorization == "" {
		s.graphAnswer(w, r, &seriatim.Response{Status: http.StatusForbidden, TxnTS: s.db.Time()}, 0, 0)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), q.Timeout)
	defer cancel()
	if err := s.catchUp(ctx, q); err != nil {
		s.refuseCall(w, r, err, time.Since(start))
		return
	}
	asked := &seriatim.GraphRequest{Uni: d.uni, Node: d.node, Authorization: q.Authorization}
	l, refusal := s.db.OpenLedger(ctx, asked)
	if refusal != nil {
		s.graphAnswer(w, r, refusal, 0, time.Since(start))
		return
	}
	defer l.Close()
	if resp := d.read(&ledgerAnswer{ledger: l, w: w, r: r}, answer); resp != nil {
		s.answer(w, r, resp, 0, time.Since(start))
	}
}

// read answers from a ledger. What it returns is an error to be sent instead, if any.
func (d *ledgerDoor) read(a *ledgerAnswer, answer func(*ledgerAnswer) error) *seriatim.Response {
	s := d.server
	err := answer(a)
	switch {
	case err == nil:
		return nil
	case a.began:
		s.options.Logger.Error("query failed", "err", err)
		panic(http.ErrAbortHandler)
	case errors.Is(err, ledger.ErrAbsent):
		err = &seriatim.UniError{Status: http.StatusNotFound, Code: "not found", Message: "The ledger has no such block or transaction."}
	}
	resp := &seriatim.Response{TxnTS: s.db.Time()}
	refusedCall(resp, err)
	s.logFailure(resp)
	return resp
}

// send answers with a body of a kind.
func (d *ledgerDoor) send(a *ledgerAnswer, kind string, body []byte) error {
	a.w.Header().Set("Content-Type", kind)
	writeHeaders(a.w.Header(), a.r, &seriatim.Response{Status: http.StatusOK, Body: body, TxnTS: d.server.db.Time()}, 0, 0)
	_ = http.NewResponseController(a.w).SetWriteDeadline(time.Now().Add(d.server.options.Limits.Write))
	a.began = true
	_, _ = a.w.Write(body) // a client that is gone takes nothing
	return nil
}

const (
	kindNote  = "text/plain; charset=utf-8"
	kindLines = "application/x-ndjson"
	kindJSON  = "application/json"
)

// checkpoint answers with a tree head as a signed note: of all blocks, or of the first
// size ones.
func (d *ledgerDoor) checkpoint(a *ledgerAnswer) error {
	size, err := count(a.r, "size", 0)
	if err != nil {
		return err
	}
	note, err := a.ledger.Checkpoint(size)
	if err != nil {
		return err
	}
	return d.send(a, kindNote, note)
}

// export answers with the whole ledger, as lines of JSON. An answer that breaks off has
// no checkpoint at its end, which no verifier accepts.
func (d *ledgerDoor) export(a *ledgerAnswer) error {
	s := d.server
	if !s.exports.enter(maxExports) {
		return &seriatim.UniError{Status: http.StatusTooManyRequests, Code: "too many requests", Message: "Too many ledgers are being exported."}
	}
	defer s.exports.leave()
	writeHeaders(a.w.Header(), a.r, &seriatim.Response{Status: http.StatusOK, TxnTS: s.db.Time()}, 0, 0)
	delete(a.w.Header(), "Content-Length")
	a.w.Header().Set("Content-Type", kindLines)
	out := &bounded{limit: s.options.Limits.Write, w: a.w, control: http.NewResponseController(a.w)}
	err := a.ledger.Export(&exporting{a: a, out: out, closing: s.closing})
	out.end()
	if errors.Is(err, errLeft) {
		return nil
	}
	return err
}

// exporting sends an export as it is made, each part in bounded time.
type exporting struct {
	a       *ledgerAnswer
	out     *bounded
	closing context.Context
}

var errLeft = errors.New("httpapi: nobody takes the export any more")

func (e *exporting) Write(p []byte) (int, error) {
	e.a.began = true
	if e.closing.Err() != nil {
		return 0, e.closing.Err()
	}
	if !e.out.send(p) {
		return 0, errLeft
	}
	return len(p), nil
}

// transaction answers with the receipt of the transaction of that id.
func (d *ledgerDoor) transaction(a *ledgerAnswer) error {
	ts, err := a.ledger.TransactionTime(d.parts[0])
	if err != nil {
		return err
	}
	return d.prove(a, ts)
}

// document answers with the receipt of the transaction that wrote what a document is
// now. One of an entity that is not an array has no id.
func (d *ledgerDoor) document(a *ledgerAnswer) error {
	ts, err := a.ledger.DocumentTime(d.parts[0], append(d.parts, "")[1])
	if err != nil {
		return err
	}
	return d.prove(a, ts)
}

func (d *ledgerDoor) prove(a *ledgerAnswer, ts int64) error {
	receipt, err := a.ledger.Prove(ts)
	if err != nil {
		return err
	}
	return d.send(a, kindJSON, receipt)
}

// inclusion proves that a block is one of the first size.
func (d *ledgerDoor) inclusion(a *ledgerAnswer) error {
	id, _ := parameter(a.r, "block")
	height, ok := ledger.ParseBlockID(id)
	if !ok {
		return badCall("The parameter block is a block's id, 15 digits, not %q.", id)
	}
	size, err := a.size("size")
	if err != nil {
		return err
	}
	if height >= size {
		return badCall("The block %s is not one of the first %d.", id, size)
	}
	hashes, err := a.ledger.Inclusion(height, size)
	if err != nil {
		return err
	}
	return d.sendJSON(a, struct {
		Block     string   `json:"block"`
		Size      uint64   `json:"size"`
		Inclusion []string `json:"inclusion"`
	}{id, size, hexOf(hashes)})
}

// consistency proves that the first from blocks are still the first of to.
func (d *ledgerDoor) consistency(a *ledgerAnswer) error {
	from, err := count(a.r, "from", 0)
	if err != nil {
		return err
	}
	to, err := a.size("to")
	if err != nil {
		return err
	}
	if from == 0 || from > to {
		return badCall("The parameter from is a number of blocks, from 1 to %d.", to)
	}
	hashes, err := a.ledger.Consistency(from, to)
	if err != nil {
		return err
	}
	return d.sendJSON(a, struct {
		From        uint64   `json:"from"`
		To          uint64   `json:"to"`
		Consistency []string `json:"consistency"`
	}{from, to, hexOf(hashes)})
}

func (d *ledgerDoor) sendJSON(a *ledgerAnswer, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return d.send(a, kindJSON, append(body, '\n'))
}

// size reads a number of blocks; without it, it is all there are.
func (a *ledgerAnswer) size(name string) (uint64, error) {
	n, err := count(a.r, name, 0)
	if err != nil || n > 0 {
		return n, err
	}
	return a.ledger.Size()
}

// count reads a number from 1 on in the URL's query.
func count(r *http.Request, name string, absent uint64) (uint64, error) {
	text, given := parameter(r, name)
	if !given {
		return absent, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n == 0 {
		return 0, badCall("%s", fmt.Sprintf("The parameter %s is a number from 1 on, not %q.", name, text))
	}
	return n, nil
}

func hexOf(hashes []ledger.Hash) []string {
	texts := make([]string, len(hashes))
	for i, h := range hashes {
		texts[i] = hex.EncodeToString(h[:])
	}
	return texts
}
