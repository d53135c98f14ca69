package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"seriatim/ledger"
)

// verdict is what a verification came to, for programs.
type verdict struct {
	Valid        bool     `json:"valid"`
	Uni          string   `json:"uni,omitempty"`
	Blocks       uint64   `json:"blocks,omitempty"`
	Transactions int      `json:"transactions,omitempty"`
	Hidden       int      `json:"hidden"`
	Signed       []string `json:"signedBy,omitempty"`
	// Of a receipt: what it proves.
	Receipt *proven `json:"receipt,omitempty"`
	// Of a refusal.
	Block    string   `json:"block,omitempty"`
	Line     int      `json:"line,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	Detail   string   `json:"detail,omitempty"`
	Evidence []string `json:"evidence,omitempty"`
}

// proven is the transaction that a receipt proves.
type proven struct {
	ID       string `json:"transactionId"`
	Owner    string `json:"owner"`
	Block    string `json:"blockId"`
	Time     string `json:"time"`
	Mutation string `json:"mutation"`
}

// verifyFlags are what a verifier knows from elsewhere.
type verifyFlags struct {
	keys, uni   string
	checkpoints []string
	save        string
}

func (p *program) ledgerVerifyCommand() *cobra.Command {
	var f nodeFlags
	var v verifyFlags
	c := &cobra.Command{
		Use:   "verify [FILE] --keys FILE",
		Short: "Check a ledger, or a receipt, by nothing but public keys",
		Long: "Check a ledger: every signature, every hash, the order, and that it continues each checkpoint that was\nkept. FILE is what \"ledger export\" or \"ledger prove\" wrote; without it a node is asked for its ledger.\n" +
			"The keys are lines as \"seriatim node keys UNI\" prints them.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o, err := v.options()
			if err != nil {
				return err
			}
			in, err := p.ledgerText(c.Context(), &f, args)
			if err != nil {
				return err
			}
			defer in.Close()
			return p.verify(bufio.NewReader(in), o, &v, f.json)
		},
	}
	p.nodeFlags(c, &f)
	v.flags(c)
	_ = c.MarkFlagRequired("keys")
	c.Flags().StringVar(&v.save, "save-checkpoint", "", "`file` to keep the ledger's end in, when it is valid, for the next --checkpoint")
	return c
}

func (v *verifyFlags) flags(c *cobra.Command) {
	c.Flags().StringVar(&v.keys, "keys", "", "`file` with the nodes' public keys")
	c.Flags().StringVar(&v.uni, "uni", "", "`identity` that the ledger's uni must have, as \"uni get\" shows it")
	c.Flags().StringArrayVar(&v.checkpoints, "checkpoint", nil, "`file` with a checkpoint that the ledger must continue (repeatable)")
}

// options reads the files that the flags name.
func (v *verifyFlags) options() (ledger.VerifyOptions, error) {
	o := ledger.VerifyOptions{Uni: v.uni}
	text, err := os.ReadFile(v.keys)
	if err == nil {
		o.Keys, err = ledger.ParseKeys(string(text))
	}
	if err == nil && len(o.Keys) == 0 {
		err = fmt.Errorf("%s has no key", v.keys)
	}
	for _, file := range v.checkpoints {
		note, failed := os.ReadFile(file)
		err = errors.Join(err, failed)
		o.Checkpoints = append(o.Checkpoints, note)
	}
	if err != nil {
		return o, fail(exitUsage, "ledger verify: %v", err)
	}
	return o, nil
}

// ledgerText opens the file, or the node's ledger.
func (p *program) ledgerText(ctx context.Context, f *nodeFlags, args []string) (io.ReadCloser, error) {
	if len(args) > 0 {
		in, err := os.Open(args[0])
		if err != nil {
			return nil, fail(exitUsage, "ledger verify: %v", err)
		}
		return in, nil
	}
	n, err := f.client()
	if err != nil {
		return nil, err
	}
	in, err := n.open(ctx, "export", nil)
	if err != nil {
		return nil, nodeRefusal(err)
	}
	return in, nil
}

// receiptBegin is how receipts begin, in their one spelling.
const receiptBegin = `{"seriatim":"ledger receipt"`

// verify checks an export or a receipt and says what it found.
func (p *program) verify(in *bufio.Reader, o ledger.VerifyOptions, v *verifyFlags, json bool) error {
	begin, _ := in.Peek(len(receiptBegin))
	if string(begin) == receiptBegin {
		text, err := io.ReadAll(in)
		if err != nil {
			return fail(exitConnection, "ledger: %v", err)
		}
		return p.verifyReceipt(text, o, json)
	}
	report, err := ledger.Verify(in, o)
	if err != nil {
		return p.refused(err, json)
	}
	if v.save != "" {
		if err := os.WriteFile(v.save, report.Note, 0o600); err != nil {
			return fail(exitUsage, "ledger verify: %v", err)
		}
	}
	found := &verdict{Valid: true, Uni: report.Uni, Blocks: report.Checkpoint.Size, Transactions: report.Transactions, Hidden: report.Hidden, Signed: report.Signed}
	if json {
		return p.writeJSON(found)
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "The ledger is valid.\n\nUni\t%s\nBlocks\t%d, to %s\nTransactions\t%d\nHidden parts\t%d\nSigned by\t%s\n", found.Uni, found.Blocks,
		ledger.BlockID(found.Blocks-1), found.Transactions, found.Hidden, strings.Join(found.Signed, ", "))
	return w.Flush()
}

func (p *program) verifyReceipt(text []byte, o ledger.VerifyOptions, json bool) error {
	r, err := ledger.VerifyReceipt(text, o)
	if err != nil {
		return p.refused(err, json)
	}
	found := &verdict{Valid: true, Uni: r.Uni, Blocks: r.Checkpoint.Size, Transactions: 1, Signed: r.Signed, Receipt: provenBy(r)}
	if json {
		return p.writeJSON(found)
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "The receipt is valid: the transaction is in the ledger.\n\nUni\t%s\nBlock\t%s of %d\nTransaction\t%s\nOwner\t%s\nTime\t%s\nSigned by\t%s\n\n",
		r.Uni, found.Receipt.Block, r.Checkpoint.Size, found.Receipt.ID, found.Receipt.Owner, found.Receipt.Time, strings.Join(r.Signed, ", "))
	fmt.Fprintln(w, found.Receipt.Mutation)
	return w.Flush()
}

func provenBy(r *ledger.Receipt) *proven {
	return &proven{
		ID: r.Transaction.ID, Owner: r.Transaction.Owner, Block: r.BlockID(),
		Time: time.UnixMicro(r.TS).UTC().Format(time.RFC3339Nano), Mutation: r.Transaction.Mutation(),
	}
}

// refused says why a ledger is not valid; that is an error of the ledger, not of this
// program.
func (p *program) refused(err error, json bool) error {
	var why *ledger.Refusal
	if !errors.As(err, &why) {
		return fail(exitConnection, "ledger: %v", err)
	}
	if !json {
		return fail(exitQuery, "%v", why)
	}
	found := &verdict{Block: why.Block, Line: why.Line, Reason: string(why.Reason), Detail: why.Detail}
	for _, note := range why.Evidence {
		found.Evidence = append(found.Evidence, string(note))
	}
	if err := p.writeJSON(found); err != nil {
		return err
	}
	return fail(exitQuery, "")
}

func (p *program) ledgerProveCommand() *cobra.Command {
	var f nodeFlags
	var v verifyFlags
	var document, transaction, file string
	c := &cobra.Command{
		Use:   "prove --document ENTITY/ID",
		Short: "Write a receipt: the proof that one transaction is in the ledger",
		Long:  "Write a receipt of the transaction that made a document what it is now, or of any transaction. It can be\nchecked without the rest of the ledger: \"seriatim ledger verify RECEIPT --keys FILE\".",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			part, err := proofPart(document, transaction)
			if err != nil {
				return err
			}
			n, err := f.client()
			if err != nil {
				return err
			}
			defer n.Close()
			receipt, err := n.read(c.Context(), part, nil)
			if err != nil {
				return err
			}
			return p.proved(receipt, &v, file, f.json)
		},
	}
	p.nodeFlags(c, &f)
	v.flags(c)
	c.Flags().StringVar(&document, "document", "", "`ENTITY/ID` of a document, or ENTITY when it is no array")
	c.Flags().StringVar(&transaction, "transaction", "", "`id` of a transaction")
	c.Flags().StringVarP(&file, "output", "o", "", "`file` to write the receipt to (default standard output)")
	return c
}

// proofPart is where a node has the receipt that is asked for.
func proofPart(document, transaction string) (string, error) {
	if (document == "") == (transaction == "") {
		return "", fail(exitUsage, "ledger prove: give --document or --transaction")
	}
	if document == "" {
		return "transaction/" + url.PathEscape(transaction), nil
	}
	entity, id, _ := strings.Cut(document, "/")
	part := "document/" + url.PathEscape(entity)
	if id != "" {
		part += "/" + url.PathEscape(id)
	}
	return part, nil
}

// proved keeps a receipt and, when keys are given, checks it.
func (p *program) proved(receipt []byte, v *verifyFlags, file string, json bool) error {
	if v.keys == "" || file != "" {
		if err := p.keep(file, bytes.NewReader(receipt)); err != nil {
			return err
		}
	}
	if v.keys == "" {
		return nil
	}
	o, err := v.options()
	if err != nil {
		return err
	}
	return p.verifyReceipt(receipt, o, json)
}
