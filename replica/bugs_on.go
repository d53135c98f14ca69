//go:build seededbugs

package replica

import "fmt"

// Faults, switched by SeedBug before a replica is opened.
var (
	bugStaleRead      bool // Snapshot shows the state before the last block
	bugSkipValidation bool // no entry conflicts
	bugLostWrite      bool // an entry with several writes loses its last one
	bugEarlyAck       bool // a proposer hears of success before its block is durable
	bugMapOrder       bool // the entries of a block are applied in the order of a Go map
)

// SeedBug switches a fault on or off: stale-read, skip-validation, lost-write,
// early-ack or map-order. It exists only with the build tag seededbugs and must
// not be called while a replica is open.
func SeedBug(name string, on bool) error {
	switch name {
	case "stale-read":
		bugStaleRead = on
	case "skip-validation":
		bugSkipValidation = on
	case "lost-write":
		bugLostWrite = on
	case "early-ack":
		bugEarlyAck = on
	case "map-order":
		bugMapOrder = on
	default:
		return fmt.Errorf("replica: no seeded bug called %q", name)
	}
	return nil
}
