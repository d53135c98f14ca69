package seriatim

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"

	"seriatim/catalog"
	"seriatim/graphql"
	"seriatim/ledger"
	"seriatim/value"
)

// NodeWebhooks are the addresses in the settings of a node that want to be told of what
// happens in its uni (vendia.md section 5.5).
type NodeWebhooks struct {
	Identity string // of the uni, as its ledger names it
	Node     string
	// Blocks are told of every block, DeadLetters of the node's transactions that failed.
	Blocks, DeadLetters []string
}

// BlockReport is what a webhook is told of a block.
type BlockReport struct {
	Height       uint64
	ID, Hash     string // Hash in hexadecimal
	Transactions []TransactionReport
}

// TransactionReport names a transaction of a block and the node that made it.
type TransactionReport struct{ ID, Owner string }

// DeadLetter is a transaction of a node that failed.
type DeadLetter struct {
	Identity, Node string
	TransactionID  string
	Mutation       string // what was to be done, as a ledger tells it
	Submitted      int64  // microseconds
	Reason         string
}

// Webhooks lists the addresses in the settings of the nodes whose keys are on this
// machine.
func (db *DB) Webhooks(ctx context.Context) ([]NodeWebhooks, error) {
	unis, err := db.nodeKeys.unis()
	if err = errors.Join(err, db.service()); err != nil {
		return nil, err
	}
	tx := db.begin()
	defer tx.Close()
	var all []NodeWebhooks
	for _, id := range unis {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v, err := catalog.NewView(tx, id, db.jobOptions())
		if errors.Is(err, catalog.ErrNotFound) || err == nil && v.Uni() == nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		hooks, err := db.webhooksOf(v)
		if err != nil {
			return nil, err
		}
		all = append(all, hooks...)
	}
	return all, nil
}

// webhooksOf lists the addresses in the settings of a uni's local nodes.
func (db *DB) webhooksOf(v *catalog.View) ([]NodeWebhooks, error) {
	settings, ok, err := v.Lookup(value.Collections, "Vendia_Settings")
	if err != nil || !ok {
		return nil, err
	}
	var all []NodeWebhooks
	for i, n := range v.Uni().Nodes {
		if _, err := db.nodeKeys.of(nodeName{v.Database(), n.Name}); errors.Is(err, errForeignNode) {
			continue
		} else if err != nil {
			return nil, err
		}
		doc, err := v.Get(value.Ref{Collection: value.CollectionID(settings.ID), ID: catalog.SingleID + int64(i)}, 0)
		if err != nil {
			return nil, err
		}
		h := NodeWebhooks{Identity: uniIdentity(v), Node: n.Name, Blocks: addresses(doc, "blockReportWebhooks"), DeadLetters: addresses(doc, "deadLetterWebhooks")}
		if h.Blocks != nil || h.DeadLetters != nil {
			all = append(all, h)
		}
	}
	return all, nil
}

// addresses reads a setting that is a list of addresses, each once.
func addresses(doc *value.Document, setting string) []string {
	if doc == nil {
		return nil
	}
	data, _ := doc.Body().Get("data")
	o, ok := data.(*value.Object)
	if !ok {
		return nil
	}
	list, _ := o.Get(setting)
	given, _ := list.(value.Array)
	var all []string
	for _, v := range given {
		if address, ok := v.(value.String); ok && !slices.Contains(all, string(address)) {
			all = append(all, string(address))
		}
	}
	return all
}

// uniOf opens the uni, one of those with nodes on this machine, that a ledger names so,
// or returns ledger.ErrAbsent.
func (db *DB) uniOf(identity string) (v *catalog.View, done func(), err error) {
	unis, err := db.nodeKeys.unis()
	if err = errors.Join(err, db.service()); err != nil {
		return nil, nil, err
	}
	tx := db.begin()
	for _, id := range unis {
		v, err = catalog.NewView(tx, id, db.jobOptions())
		switch {
		case err != nil && !errors.Is(err, catalog.ErrNotFound):
			return nil, nil, errors.Join(err, tx.Close())
		case err == nil && v.Uni() != nil && uniIdentity(v) == identity:
			return v, func() { _ = tx.Close() }, nil
		}
	}
	return nil, nil, errors.Join(ledger.ErrAbsent, tx.Close())
}

// BlockCount is how many blocks the ledger of a uni has, or ledger.ErrAbsent.
func (db *DB) BlockCount(_ context.Context, identity string) (uint64, error) {
	v, done, err := db.uniOf(identity)
	if err != nil {
		return 0, err
	}
	defer done()
	return ledger.NewChain(ledgerSource{v}).Size()
}

// BlockReports tells of at most n blocks of a uni from a height on.
func (db *DB) BlockReports(_ context.Context, identity string, from uint64, n int) ([]BlockReport, error) {
	v, done, err := db.uniOf(identity)
	if err != nil {
		return nil, err
	}
	defer done()
	blocks, err := ledger.NewChain(ledgerSource{v}).Blocks(from, n, false)
	if err != nil {
		return nil, err
	}
	reports := make([]BlockReport, len(blocks))
	for i, b := range blocks {
		hash := b.Hash()
		reports[i] = BlockReport{Height: b.Height, ID: b.BlockID(), Hash: hex.EncodeToString(hash[:])}
		for _, t := range b.Transactions {
			reports[i].Transactions = append(reports[i].Transactions, TransactionReport{t.ID, t.Owner})
		}
	}
	return reports, nil
}

// webhookPurpose is what makes the secret of webhooks another one than all else that is
// derived of a node's key.
const webhookPurpose = "seriatim webhook v1"

// WebhookSecret is what the webhooks of a node are signed with: 64 hexadecimal digits. It
// is derived of the node's private key, so it is the same after a restart and stands
// nowhere.
func (db *DB) WebhookSecret(_ context.Context, identity, node string) ([]byte, error) {
	v, done, err := db.uniOf(identity)
	if err != nil {
		return nil, err
	}
	defer done()
	return db.webhookSecret(v, node)
}

func (db *DB) webhookSecret(v *catalog.View, node string) ([]byte, error) {
	key, err := db.nodeKeys.of(nodeName{v.Database(), node})
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key.Seed())
	mac.Write([]byte(webhookPurpose))
	return hex.AppendEncode(nil, mac.Sum(nil)), nil
}

// OwnWebhookSecret is WebhookSecret for the node that the request's credential names;
// when it names none, the answer says why.
func (db *DB) OwnWebhookSecret(ctx context.Context, req *GraphRequest) ([]byte, *Response) {
	l, resp := db.OpenLedger(ctx, req)
	if resp != nil {
		return nil, resp
	}
	defer l.Close()
	secret, err := db.webhookSecret(l.x.view, req.Node)
	if err != nil {
		return nil, l.g.fault(err)
	}
	return secret, nil
}

// deadLetter tells whoever listens that a transaction of a node failed.
func (g *graph) deadLetter(x *execution, id string, m *graphql.Mutated) {
	if g.db.options.OnDeadLetter == nil || len(m.Parts) == 0 {
		return
	}
	letter := &DeadLetter{Identity: uniIdentity(x.view), Node: x.who.Node, TransactionID: id, Submitted: x.tx.Clock()}
	for _, p := range m.Parts {
		letter.Mutation += p.Text
	}
	for _, e := range m.Errors { // the first that is a cause; others only follow from it
		if e.Extensions == nil || e.Extensions.Code != graphql.CodeAborted {
			letter.Reason = e.Message
			break
		}
	}
	g.db.options.OnDeadLetter(letter)
}

// unis lists the databases that nodes of this machine belong to.
func (k *nodeKeys) unis() ([]uint64, error) {
	found := map[uint64]bool{}
	k.mu.RLock()
	for n := range k.keys {
		found[n.uni] = true
	}
	k.mu.RUnlock()
	if k.dir != "" {
		entries, err := os.ReadDir(k.dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range entries {
			if id, err := strconv.ParseUint(e.Name(), 10, 64); err == nil {
				found[id] = true
			}
		}
	}
	var all []uint64
	for id := range found {
		all = append(all, id)
	}
	slices.Sort(all)
	return all, nil
}
