// Package value is the data model: the values a query computes with, their
// total order and equality, and their stored and order-preserving byte forms.
//
// It promises that comparing two values and comparing their key bytes agree,
// and that decoding what was encoded gives the same value.
//
// It knows nothing of names, documents in storage, JSON or time of day.
//
// Start reading at value.go, the list of kinds.
package value
