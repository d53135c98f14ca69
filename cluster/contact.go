package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"seriatim"
	"seriatim/txlog/etcdlog"
)

// Contact is an operator's way to a cluster: the node doors, with the identity of a node. End
// it with Close.
type Contact struct {
	client *http.Client
	doors  []string
}

// Reach returns a Contact through the doors that the node in dir knows, its own first. The
// node need not run. Errors: ErrNoNode, those of the certificates.
func Reach(dir string) (*Contact, error) {
	c, err := Read(dir)
	if err != nil {
		return nil, err
	}
	return c.contact(append([]string{c.url(c.Node.Advertise)}, c.Made.Doors...))
}

// ReachBy returns a Contact through the door at via, host:port or a URL, with the identity
// of any node; an empty one is for clusters without certificates.
func ReachBy(via string, identity etcdlog.Identity) (*Contact, error) {
	c := &Config{Identity: identity}
	door, err := c.door(via)
	if err != nil {
		return nil, err
	}
	return c.contact([]string{door})
}

func (c *Config) contact(doors []string) (*Contact, error) {
	client, err := c.client()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, door := range doors {
		if !slices.Contains(all, door) {
			all = append(all, door)
		}
	}
	return &Contact{client, all}, nil
}

// serveOperators adds what a Contact asks for to the node door.
func (n *Node) serveOperators(mux *http.ServeMux) {
	mux.HandleFunc("GET /cluster", func(w http.ResponseWriter, r *http.Request) {
		if n.DB() == nil {
			respond(w, nil, &busyError{"this node is starting"})
			return
		}
		status, err := n.Status(r.Context())
		respond(w, status, err)
	})
	mux.HandleFunc("POST /change/remove/{name}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("name") == n.config.Name {
			// It would stop before it could answer. Whoever asks goes on to the next node.
			respond(w, nil, &busyError{"node " + n.config.Name + " does not remove itself: ask another one"})
			return
		}
		respond(w, struct{}{}, n.Remove(r.Context(), r.PathValue("name")))
	})
	mux.HandleFunc("POST /change/promote/{name}", func(w http.ResponseWriter, r *http.Request) {
		respond(w, struct{}{}, n.Promote(r.Context(), r.PathValue("name")))
	})
}

// Close drops the connections.
func (c *Contact) Close() { c.client.CloseIdleConnections() }

// Status asks the first node that answers how the cluster looks from there.
func (c *Contact) Status(ctx context.Context) (*seriatim.ClusterStatus, error) {
	s := new(seriatim.ClusterStatus)
	return s, c.ask(ctx, "/cluster", nil, s)
}

// Remove has the first node that answers do Node.Remove.
func (c *Contact) Remove(ctx context.Context, name string) error {
	return c.ask(ctx, "/change/remove/"+url.PathEscape(name), struct{}{}, nil)
}

// Promote has the first node that answers do Node.Promote.
func (c *Contact) Promote(ctx context.Context, name string) error {
	return c.ask(ctx, "/change/promote/"+url.PathEscape(name), struct{}{}, nil)
}

// ask asks one door after the other until one answers. One that said no has answered.
func (c *Contact) ask(ctx context.Context, path string, question, answer any) error {
	var all []error
	for _, door := range c.doors {
		err := call(ctx, c.client, door+path, question, answer)
		if err == nil || errors.Is(err, ErrRefused) || ctx.Err() != nil {
			return err
		}
		all = append(all, err)
	}
	return fmt.Errorf("cluster: no node has answered: %w", errors.Join(all...))
}
