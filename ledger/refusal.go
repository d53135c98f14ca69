package ledger

import "fmt"

// Reason is why a copy of a ledger is refused. docs/ledger.md has the list; every
// verifier of the format gives the same one.
type Reason string

// The reasons.
const (
	BadForm       Reason = "form"       // the text is not canonical, ends early or goes on
	BadUni        Reason = "uni"        // of another uni than was asked for
	BadOrder      Reason = "order"      // heights, timestamps or counts do not fit
	BadChain      Reason = "chain"      // a block does not follow the one before
	BadHash       Reason = "hash"       // a stated hash is not that of its block
	UnknownOwner  Reason = "owner"      // no key was given for the node that owns a transaction
	BadSignature  Reason = "signature"  // not signed by its owner, or changed since
	Repeated      Reason = "repeated"   // a transaction stands there twice
	BadRoot       Reason = "root"       // a block's transactions are not those it was made of
	BadProof      Reason = "proof"      // a receipt's proof does not lead to its root
	BadCheckpoint Reason = "checkpoint" // not of this ledger, or without a signature of a given key
	Forked        Reason = "fork"       // contradicts a saved checkpoint, or two saved ones each other
	Short         Reason = "short"      // ends before a saved checkpoint
)

// Refusal is the error of a copy that does not verify.
type Refusal struct {
	Block    string // id of the block where it failed; empty if it is about no block
	Line     int    // of the export, from 1; 0 if it is about no line
	Reason   Reason
	Detail   string
	Evidence [][]byte // of Forked: the signed checkpoints that contradict each other
}

func (r *Refusal) Error() string {
	s := "ledger refused"
	if r.Block != "" {
		s += " at block " + r.Block
	}
	if r.Line != 0 {
		s += fmt.Sprintf(" (line %d)", r.Line)
	}
	return fmt.Sprintf("%s: %s: %s", s, r.Reason, r.Detail)
}
