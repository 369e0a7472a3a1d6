// Package pgtest gives tests a real Postgres: a private cluster on a socket in a
// temporary folder, run by somebody who is not root even when the tests are, or
// the server that REHOME_TEST_DATABASE names, whose role must be a superuser. It
// also crashes that server, and puts a pooler or a bad connection before it.
//
// It is for tests alone: no program imports it, and nothing it makes outlives the
// process that asked for it.
package pgtest
