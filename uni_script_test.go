package seriatim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim"
	"seriatim/graphql"
	"seriatim/ledger"
	"seriatim/syntax"
	"seriatim/wire"
)

// TestUnis runs the scripts in testdata/unis, what a team does with a uni, once with
// operations that are evaluated before they are ordered, as they are at first, and once
// with those that are ordered first:
//
//	create                   a registration; answers with its nodes, whose keys are kept
//	graphql NODE [key=K] [variables=JSON]
//	                         a request to a node
//	fql NODE                 queries in the shell's language with the node's key; "admin" is
//	                         the root secret, and admin:NAME that of the uni NAME
//	ledger NODE              the blocks: owner and text of each transaction
//	verify NODE              exports the ledger and verifies it by the nodes' public keys
//	evolve NAME [index-removed], delete NAME, unis, restart
//
// Identities are shown as <id 1>, <id 2> and so on, in the order in which they appear,
// and are written so in requests; times, hashes, keys and signatures by their names.
func TestUnis(t *testing.T) {
	t.Run("effects", func(t *testing.T) { uniScripts(t, 0) })
	t.Run("ordered", func(t *testing.T) { uniScripts(t, 1) })
}

func uniScripts(t *testing.T, share float64) {
	datadriven.Walk(t, "testdata/unis", func(t *testing.T, path string) {
		s := &uniScript{t: t, dir: t.TempDir(), secrets: map[string]string{"admin": "secret"}, share: share}
		s.open()
		defer func() { s.close() }()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			s.t = t
			return s.mask(s.command(d))
		})
	})
}

type uniScript struct {
	t       *testing.T
	dir     string
	share   float64 // of the transactions that are ordered first
	db      *seriatim.DB
	uni     *seriatim.Uni
	secrets map[string]string // of nodes, and "admin"
	ids     []string
}

func (s *uniScript) open() {
	var err error
	if s.db, err = seriatim.Open(seriatim.Options{Dir: s.dir, RootSecret: "secret", Rig: &seriatim.Rig{OrderShare: s.share}}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *uniScript) close() {
	if err := s.db.Close(); err != nil {
		s.t.Error(err)
	}
}

const admin = "Bearer secret"

func (s *uniScript) command(d *datadriven.TestData) string {
	ctx, input := s.t.Context(), s.unmask(d.Input)
	name := ""
	if len(d.CmdArgs) > 0 {
		name = d.CmdArgs[0].Key
	}
	switch d.Cmd {
	case "create":
		var r seriatim.Registration
		if err := json.Unmarshal([]byte(input), &r); err != nil {
			return err.Error()
		}
		return s.created(s.db.CreateUni(ctx, admin, &r))
	case "graphql":
		req := s.request(name, input)
		for _, a := range d.CmdArgs[1:] {
			switch a.Key {
			case "key":
				req.IdempotencyKey = a.Vals[0]
			case "variables":
				req.Variables = []byte(s.unmask(strings.Join(a.Vals, ",")))
			}
		}
		return graphAnswer(s.db.Graph(ctx, req))
	case "fql":
		return s.fql(name, input)
	case "ledger":
		return s.ledger(name)
	case "verify":
		return s.verify(name)
	case "evolve":
		info, err := s.db.EvolveUni(ctx, admin, name, []byte(input), len(d.CmdArgs) > 1)
		if err != nil {
			return uniRefused(err)
		}
		return "evolved " + info.Name
	case "delete":
		if err := s.db.DeleteUni(ctx, admin, name); err != nil {
			return uniRefused(err)
		}
		return "deleted"
	case "unis":
		all, err := s.db.Unis(ctx, admin)
		if err != nil {
			return uniRefused(err)
		}
		var out strings.Builder
		for _, u := range all {
			fmt.Fprintf(&out, "%s %s, %d nodes\n", u.Name, u.Status, len(u.Nodes))
		}
		return out.String()
	case "restart":
		s.close()
		s.open()
		return "ok"
	}
	return "unknown command " + d.Cmd
}

func (s *uniScript) created(info *seriatim.Uni, err error) string {
	if err != nil {
		return uniRefused(err)
	}
	s.uni = info
	for _, n := range info.Nodes {
		s.secrets[n.Name] = n.APIKey
	}
	return info.Name + " " + info.Status
}

func uniRefused(err error) string {
	var e *seriatim.UniError
	if !errors.As(err, &e) {
		return "error: " + err.Error()
	}
	return strings.Join(append([]string{fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message)}, e.Causes...), "\n  ")
}

func (s *uniScript) request(node, query string) *seriatim.GraphRequest {
	return &seriatim.GraphRequest{
		Uni: s.uni.Name, Node: node, Authorization: s.secrets[node],
		Request: graphql.Request{Query: query},
	}
}

// graphAnswer is the body of a response; a long one has each member and error on a line.
func graphAnswer(resp *seriatim.Response) string {
	var out bytes.Buffer
	if resp.Status != 200 {
		fmt.Fprintf(&out, "%d ", resp.Status)
	}
	if len(resp.Body) < 90 || json.Indent(&out, resp.Body, "", " ") != nil {
		out.Write(resp.Body)
	}
	return short.ReplaceAllStringFunc(out.String(), func(s string) string {
		return strings.Join(strings.Fields(s), " ")
	})
}

// short is an object or array of scalars.
var short = regexp.MustCompile(`[\[{]\n[^\[\]{}]{0,120}\n *[\]}]`)

func (s *uniScript) fql(who, text string) string {
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		return err.Error()
	}
	secret, uni, child := s.secrets[who], "", false
	if who, uni, child = strings.Cut(who, ":"); child {
		secret = s.secrets[who] + ":" + uni + ":admin"
	}
	var out strings.Builder
	for _, q := range queries {
		req := request(wire.AppendExpr(nil, q.Expr))
		req.Authorization = "Bearer " + secret
		printed, _ := show(s.t, s.db.Query(context.Background(), req))
		fmt.Fprintln(&out, printed)
	}
	return out.String()
}

func (s *uniScript) openLedger(node string) *seriatim.Ledger {
	l, resp := s.db.OpenLedger(s.t.Context(), s.request(node, ""))
	if resp != nil {
		s.t.Fatalf("%d %s", resp.Status, resp.Body)
	}
	return l
}

func (s *uniScript) export(node string) []byte {
	l := s.openLedger(node)
	defer l.Close()
	var out bytes.Buffer
	if err := l.Export(&out); err != nil {
		s.t.Fatal(err)
	}
	return out.Bytes()
}

func (s *uniScript) keys() ledger.Keys {
	keys := ledger.Keys{}
	for _, n := range s.uni.Nodes {
		keys[n.Name] = n.PublicKey
	}
	return keys
}

func (s *uniScript) verify(node string) string {
	report, err := ledger.Verify(bytes.NewReader(s.export(node)), ledger.VerifyOptions{Keys: s.keys()})
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d blocks, %d transactions, signed by %s", report.Checkpoint.Size, report.Transactions, strings.Join(report.Signed, ", "))
}

// ledger asks a node for its blocks, oldest first.
func (s *uniScript) ledger(node string) string {
	resp := s.db.Graph(s.t.Context(), s.request(node, `{ listVendia_BlockItems { Vendia_BlockItems { blockId transactions { _owner mutations } } } }`))
	var body struct {
		Data struct {
			List struct {
				Items []struct {
					BlockID      string `json:"blockId"`
					Transactions []struct {
						Owner     string `json:"_owner"`
						Mutations []string
					}
				} `json:"Vendia_BlockItems"`
			} `json:"listVendia_BlockItems"`
		}
	}
	if err := json.Unmarshal(resp.Body, &body); err != nil || len(body.Data.List.Items) == 0 {
		return string(resp.Body)
	}
	var out strings.Builder
	for _, b := range body.Data.List.Items {
		for _, t := range b.Transactions {
			fmt.Fprintf(&out, "%s %s: %s\n", b.BlockID, t.Owner, strings.Join(t.Mutations, " AND "))
		}
	}
	return out.String()
}

var (
	uuids  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	heldID = regexp.MustCompile(`<id ([0-9]+)>`)
	varied = []struct {
		form *regexp.Regexp
		name string
	}{
		{regexp.MustCompile(`\b[0-9a-f]{128}\b`), "<signature>"},
		{regexp.MustCompile(`\b[0-9a-f]{64}\b`), "<hash>"},
		{regexp.MustCompile(`\b20[2-9][0-9]-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`), "<time>"},
		{regexp.MustCompile(`\bfn[A-Za-z0-9_-]{38}\b`), "<secret>"},
		{regexp.MustCompile(`\b[0-9]{16,18}\b`), "<number>"},
		{regexp.MustCompile(`[A-Za-z0-9+/]{43}=`), "<public key>"},
	}
)

func (s *uniScript) mask(text string) string {
	text = uuids.ReplaceAllStringFunc(text, func(id string) string {
		for i, known := range s.ids {
			if known == id {
				return fmt.Sprintf("<id %d>", i+1)
			}
		}
		s.ids = append(s.ids, id)
		return fmt.Sprintf("<id %d>", len(s.ids))
	})
	for _, v := range varied {
		text = v.form.ReplaceAllString(text, v.name)
	}
	return text
}

func (s *uniScript) unmask(text string) string {
	return heldID.ReplaceAllStringFunc(text, func(m string) string {
		n, _ := strconv.Atoi(heldID.FindStringSubmatch(m)[1])
		if n < 1 || n > len(s.ids) {
			s.t.Fatalf("there is no %s yet", m)
		}
		return s.ids[n-1]
	})
}
