package seriatim

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// Registration is what a uni is made of: Vendia's registration file (vendia.md section
// 5.1) with the schema and the initial state inline. Members it does not name are
// accepted and mean nothing here.
type Registration struct {
	Name      string             `json:"name"`
	Type      string             `json:"type"`
	Schema    json.RawMessage    `json:"schema"`
	InitState json.RawMessage    `json:"initState"`
	Nodes     []NodeRegistration `json:"nodes"`
}

// NodeRegistration is one party of a Registration.
type NodeRegistration struct {
	Name        string          `json:"name"`
	UserID      string          `json:"userId"`
	Description string          `json:"description"`
	CSP         string          `json:"csp"`
	Region      string          `json:"region"`
	Settings    json.RawMessage `json:"settings"`
	// Replica names the machine of a cluster that the node lives on; "" is one of its
	// region, or else the one that makes the uni.
	Replica string `json:"replica"`
}

// Uni describes a uni.
type Uni struct {
	Name     string `json:"name"`
	Identity string `json:"identity"` // as its ledger names it
	Type     string `json:"type"`
	Status   string `json:"status"`
	// Schema is the JSON Schema, as it was given.
	Schema  json.RawMessage `json:"schema"`
	Created string          `json:"createdTime"` // RFC 3339
	Updated string          `json:"updatedTime"`
	Nodes   []UniNode       `json:"nodes"`
}

// UniNode describes a node of a uni.
type UniNode struct {
	Name        string `json:"name"`
	UserID      string `json:"userId,omitempty"`
	Description string `json:"description,omitempty"`
	CSP         string `json:"csp,omitempty"`
	Region      string `json:"region,omitempty"`
	Status      string `json:"status"`
	// Replica is the machine that the node lives on, "" when there is only one, and
	// Address the URL at which clients reach it, if that is known.
	Replica string `json:"replica,omitempty"`
	Address string `json:"address,omitempty"`
	// PublicKey is the Ed25519 key that verifies what the node signs, in base64.
	PublicKey []byte `json:"publicKey"`
	// APIKey is a secret of the node, in the answer that makes it only.
	APIKey string `json:"apiKey,omitempty"`
}

// UniError says why a uni was not made, changed or shown.
type UniError struct {
	// Status is the HTTP status, and Code a word for programs.
	Status int    `json:"-"`
	Code   string `json:"code"`
	// Message says it for people, and Causes each thing that is wrong.
	Message string   `json:"message"`
	Causes  []string `json:"causes,omitempty"`
	// Err is the error that the answer hides, for the server's log only.
	Err error `json:"-"`
}

func (e *UniError) Error() string { return e.Message }

func uniError(status int, code, format string, args ...any) *UniError {
	return &UniError{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// The bounds of a uni.
const (
	// MaxUniNodes bounds the nodes of a uni.
	MaxUniNodes = 64
	maxUniName  = 64
)

var (
	uniName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	nodeWord = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
)

// check finds what is wrong with the names of a registration.
func (r *Registration) check() *UniError {
	var causes []string
	wrong := func(format string, args ...any) { causes = append(causes, fmt.Sprintf(format, args...)) }
	if !uniName.MatchString(r.Name) || len(r.Name) > maxUniName {
		wrong("name: %q must be 1 to %d letters, digits, '.', '_' and '-', and begin with a letter or digit.", r.Name, maxUniName)
	}
	if len(r.Schema) == 0 {
		wrong("schema: missing.")
	}
	if len(r.Nodes) == 0 || len(r.Nodes) > MaxUniNodes {
		wrong("nodes: there must be 1 to %d.", MaxUniNodes)
	}
	seen := map[string]bool{}
	for i, n := range r.Nodes {
		switch {
		case !nodeWord.MatchString(n.Name) || len(n.Name) > maxUniName:
			wrong("nodes[%d].name: %q must be 1 to %d letters, digits, '_' and '-', and begin with a letter or digit.", i, n.Name, maxUniName)
		case seen[n.Name]:
			wrong("nodes[%d].name: %q is taken.", i, n.Name)
		}
		seen[n.Name] = true
	}
	if causes == nil {
		return nil
	}
	e := uniError(statusBadRequest, "invalid_registration", "The registration is not valid.")
	e.Causes = causes
	return e
}
