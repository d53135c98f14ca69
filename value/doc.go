// Package value is the data model: the values a query computes with, their
// total order and equality, and their stored and order-preserving byte forms.
//
// It promises that Decode(Encode(v)) is v, that the bytes of keys compare as
// CompareKey says and CompareKey refines Compare, that the order is total and
// depends on nothing but the two values, and that bytes from outside which pass
// Valid are exactly what Encode would have made.
//
// It knows nothing of names, documents in storage, JSON or time of day.
//
// Start reading at value.go, the list of kinds; then order.go and key.go.
//
// # Where the order differs from the core's
//
// The order follows CBOROrdering of FaunaDB's core, except where that is not a
// total order or depends on the host:
//
//   - An integer and a double compare as the exact numbers they are. The core
//     rounds the integer to a double first, by which 2^53+1 equals 2^53 as a
//     double but not as an integer, so that its order is not transitive.
//   - Strings compare by the whole collation key of the root locale at tertiary
//     strength. The core compares from the first differing character, which gives
//     the same, but lets a string that begins another go first even when the next
//     character changes how its end sorts (a Thai vowel before its consonant),
//     again not transitive; and it takes the locale of the machine.
//   - Among strings that the collation holds equal, those of printable ASCII
//     characters only go first, then bytes decide, where the core has bytes alone.
//     It matters only to strings with control characters, and makes the key of a
//     plain string about as long as the string.
//   - The collation is that of golang.org/x/text (CLDR 23), not that of ICU:
//     characters younger than Unicode 6.2 sort after the others of their kind, and
//     strings that Unicode holds canonically equivalent always collate equal.
//     CollationRevision names it.
//   - Object members are put in the order of their names' bytes, not UTF-16 units,
//     before names are compared by collation.
//   - Lambdas compare by version, then source, instead of by their tree; sets by an
//     object in which terms and operands always are arrays. Both orders are
//     arbitrary in the core as well.
//   - Unresolved references, which the language refuses to compare, follow the
//     others. A reference to a native collection precedes all with its ID of -1.
//
// Equal follows the core's Equals, except that numbers compare exactly, that a
// document just created equals the same version read back, and that containers
// with NaN never equal themselves (in the core they do when they are one object).
package value
