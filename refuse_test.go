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
	for _, reason := range []error{txlog.ErrClosed, txlog.ErrDiskFull, replica.ErrClosed, replica.ErrBehind, store.ErrDiskFull} {
		for _, unknown := range []bool{false, true} {
			err := reason
			if unknown {
				err = fmt.Errorf("%w: %w", txlog.ErrUnknownFate, errors.Join(reason))
			}
			resp := (&query{req: &Request{}}).refusal(err)
			if resp.Status != statusUnavailable || strings.Contains(string(resp.Body), "Nothing was written") == unknown {
				t.Errorf("%v: status %d, %s", err, resp.Status, resp.Body)
			}
		}
	}
}
