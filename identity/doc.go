// Package identity is the vocabulary that the rest of rehome speaks: what a
// user is, what a password hash is, what can be wrong with one, and what may be
// lost on the way.
//
// Importers produce identity records, verifiers look at their hashes, sinks
// land them. Everyone imports identity; identity imports nothing of ours, does
// no I/O, computes no hash, and never changes stored text: a hash leaves as it
// came, to the byte.
package identity
