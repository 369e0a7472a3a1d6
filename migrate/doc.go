// Package migrate moves users from a source into a sink: it reads the source
// twice, first to know everything (Survey) and then to land users (Run), and
// keeps a ledger so that a move can be killed at any moment, continued, checked
// and taken back.
//
// It knows records, verdicts and outcomes, and nothing of file formats, hashes,
// targets, terminals or exit codes: those belong to importers, verifiers, sinks
// and the program.
package migrate
