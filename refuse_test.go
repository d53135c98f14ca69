package seriatim

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"seriatim/replica"
	"seriatim/store"
	"seriatim/txlog"
)

// TestUnknownFate: what may yet happen is never answered as something that did
// not, whatever else the error says.
func TestUnknownFate(t *testing.T) {
	for _, reason := range []error{txlog.ErrClosed, txlog.ErrDiskFull, replica.ErrClosed, replica.ErrBehind, store.ErrDiskFull, txlog.ErrUnavailable} {
		for _, unknown := range []bool{false, true} {
			err := reason
			if unknown {
				err = fmt.Errorf("%w: %w", txlog.ErrUnknownFate, errors.Join(reason))
			}
			resp := refusal(err)
			if resp.Status != statusUnavailable || strings.Contains(string(resp.Body), "Nothing was written") == unknown {
				t.Errorf("%v: status %d, %s", err, resp.Status, resp.Body)
			}
		}
	}
}

// TestRefusalsHaveATime: an answer that comes from no snapshot carries the time of
// the newest one, so that a client's last-seen time never goes back.
func TestRefusalsHaveATime(t *testing.T) {
	db, err := Open(Options{Dir: t.TempDir(), RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	q := &query{db: db, req: &Request{}}
	for _, resp := range []*Response{q.contended(), q.finish(refusal(txlog.ErrDiskFull)), q.finish(internal(errRecord))} {
		if resp.TxnTS == 0 || resp.TxnTS != db.Time() {
			t.Errorf("%s carries the time %d, not %d", resp.Body, resp.TxnTS, db.Time())
		}
	}
}
