package client

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"seriatim/wire"
)

// ErrConnection says that there was no answer: the query may or may not have
// happened.
var ErrConnection = errors.New("client: no answer")

// ErrHandshake is the ErrConnection of a query that was never sent: the server speaks
// no TLS, or nobody vouches for its certificate.
var ErrHandshake = fmt.Errorf("%w: no secure connection", ErrConnection)

func handshake(err error) bool {
	var unverified *tls.CertificateVerificationError
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &unverified)
}

// Error is an answer of the server that is not a result.
type Error struct {
	Status int
	Errors []wire.Error
}

func newError(status int, body []byte) *Error {
	errs, err := wire.DecodeErrors(body)
	if err != nil || len(errs) == 0 {
		errs = []wire.Error{{Code: foreign(status), Description: message(body)}}
	}
	return &Error{Status: status, Errors: errs}
}

// foreign names the status of an answer that is not the protocol's, such as a
// proxy's.
func foreign(status int) string {
	if text := http.StatusText(status); text != "" {
		return strings.ToLower(text)
	}
	return fmt.Sprintf("status %d", status)
}

// message returns what a gateway says, {"message": "…"} as the doors of nodes do, or the
// beginning of whatever else it is.
func message(body []byte) string {
	var said struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &said) == nil && said.Message != "" {
		return said.Message
	}
	return excerpt(body)
}

// maxExcerpt is how many bytes of such an answer are told.
const maxExcerpt = 200

func excerpt(body []byte) string {
	text := strings.TrimSpace(strings.ToValidUTF8(string(body), "?"))
	if len(text) > maxExcerpt {
		return strings.ToValidUTF8(text[:maxExcerpt], "") + "…"
	}
	return text
}

// Error tells the first error; Lines tells all.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s", e.Errors[0].Code, e.Errors[0].Description)
}

// Unauthorized reports whether the secret was refused.
func (e *Error) Unauthorized() bool { return e.Status == http.StatusUnauthorized }

// Abort returns the text of the query's own Abort, at whatever depth of calls it
// happened.
func (e *Error) Abort() (text string, ok bool) { return wire.AbortIn(e.Errors) }

// Lines tells every error and cause on a line each, an Abort's text first.
func (e *Error) Lines() []string {
	var lines []string
	if text, ok := e.Abort(); ok {
		lines = append(lines, text)
	}
	return appendLines(lines, e.Errors, "")
}

func appendLines(lines []string, errs []wire.Error, indent string) []string {
	for i := range errs {
		x := &errs[i]
		line := indent + x.Code + ": " + x.Description
		if x.HasPosition && len(x.Position) > 0 {
			line += " at " + place(x.Position)
		}
		lines = append(lines, line)
		for _, f := range x.Failures {
			lines = append(lines, fmt.Sprintf("%s  %s: %s: %s", indent, place(f.Field), f.Code, f.Description))
		}
		lines = appendLines(lines, x.Cause, indent+"  ")
	}
	return lines
}

// place spells a position as a path.
func place(steps []any) string {
	parts := make([]string, len(steps))
	for i, s := range steps {
		parts[i] = fmt.Sprint(s)
	}
	return strings.Join(parts, ".")
}
