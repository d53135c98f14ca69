package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"seriatim"
)

// shownUni is a uni as it is told: with the path of each node's API, and with the schema
// unless it is one of many.
type shownUni struct {
	*seriatim.Uni
	Schema json.RawMessage `json:"schema,omitempty"`
	Nodes  []shownNode     `json:"nodes"`
}

type shownNode struct {
	seriatim.UniNode
	Path string `json:"path"` // of its GraphQL API on this server
}

func showUni(u *seriatim.Uni) *shownUni {
	shown := &shownUni{Uni: u, Schema: u.Schema}
	for _, n := range u.Nodes {
		shown.Nodes = append(shown.Nodes, shownNode{n, graphPath(u.Name, n.Name)})
	}
	return shown
}

func graphPath(uni, node string) string {
	return "/uni/" + url.PathEscape(uni) + "/" + url.PathEscape(node) + "/graphql"
}

// badCall says that the request itself is wrong.
func badCall(format string, args ...any) error {
	return &seriatim.UniError{Status: http.StatusBadRequest, Code: "bad request", Message: fmt.Sprintf(format, args...)}
}

// createUni makes a uni of a registration, whose schema and initial state stand inline.
func (s *Server) createUni(ctx context.Context, c *managementCall, _ ...string) (any, error) {
	var r seriatim.Registration
	if err := c.decode(&r, false); err != nil {
		return nil, err
	}
	for name, text := range map[string]json.RawMessage{"schema": r.Schema, "initState": r.InitState} {
		if len(text) > 0 && text[0] == '"' {
			return nil, badCall("The member %s names a file. Over HTTP it stands in the request itself; \"seriatim uni create\" puts it there.", name)
		}
	}
	u, err := s.db.CreateUni(ctx, c.authorization, &r)
	if err != nil {
		return nil, err
	}
	c.status = http.StatusCreated
	return showUni(u), nil
}

func (s *Server) listUnis(ctx context.Context, c *managementCall, _ ...string) (any, error) {
	all, err := s.db.Unis(ctx, c.authorization)
	if err != nil {
		return nil, err
	}
	shown := make([]*shownUni, len(all))
	for i, u := range all {
		shown[i] = showUni(u)
		shown[i].Schema = nil
	}
	return map[string]any{"unis": shown}, nil
}

func (s *Server) getUni(ctx context.Context, c *managementCall, names ...string) (any, error) {
	u, err := s.db.Uni(ctx, c.authorization, names[0])
	if err != nil {
		return nil, err
	}
	return showUni(u), nil
}

// evolveUni gives a uni another schema.
func (s *Server) evolveUni(ctx context.Context, c *managementCall, names ...string) (any, error) {
	var asked struct {
		Schema  json.RawMessage `json:"schema"`
		Allowed []string        `json:"allowedBreakingChanges"`
	}
	if err := c.decode(&asked, true); err != nil {
		return nil, err
	}
	for _, allowed := range asked.Allowed {
		if allowed != "INDEX_REMOVED" {
			return nil, badCall("The breaking change that may be allowed is INDEX_REMOVED, not %q.", allowed)
		}
	}
	u, err := s.db.EvolveUni(ctx, c.authorization, names[0], asked.Schema, len(asked.Allowed) > 0)
	if err != nil {
		return nil, err
	}
	return showUni(u), nil
}

func (s *Server) deleteUni(ctx context.Context, c *managementCall, names ...string) (any, error) {
	if err := s.db.DeleteUni(ctx, c.authorization, names[0]); err != nil {
		return nil, err
	}
	return map[string]string{"name": names[0], "status": "DESTROYED"}, nil
}

// addNodeKey makes another API key of a node, and shows it this once.
func (s *Server) addNodeKey(ctx context.Context, c *managementCall, names ...string) (any, error) {
	var asked struct {
		Name   string `json:"name"`
		Expiry string `json:"expiry"`
	}
	if err := c.decode(&asked, true); err != nil {
		return nil, err
	}
	if asked.Name == "" {
		return nil, badCall("A key has a name.")
	}
	var expires time.Time
	if asked.Expiry != "" {
		var err error
		if expires, err = time.Parse(time.RFC3339, asked.Expiry); err != nil {
			return nil, badCall("The expiry is a time such as 2030-12-31T00:00:00Z, not %q.", asked.Expiry)
		}
	}
	secret, err := s.db.AddNodeKey(ctx, c.authorization, names[0], names[1], asked.Name, expires)
	if err != nil {
		return nil, err
	}
	c.status = http.StatusCreated
	return struct {
		Uni    string `json:"uni"`
		Node   string `json:"node"`
		Name   string `json:"name"`
		Expiry string `json:"expiry,omitempty"`
		APIKey string `json:"apiKey"`
		Path   string `json:"path"`
	}{names[0], names[1], asked.Name, asked.Expiry, secret, graphPath(names[0], names[1])}, nil
}
