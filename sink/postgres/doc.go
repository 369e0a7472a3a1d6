// Package postgres lands users straight in a Postgres database, in one of two
// layouts:
//
//	generic   tables of our own (users, user_identities), for applications that
//	          verify passwords themselves, with package verifiers for instance
//	supabase  auth.users and auth.identities of Supabase Auth
//
// A batch of users, their identities and a row of the ledger are one transaction:
// a user is there as a whole or not at all, and an answer that was lost is asked
// for in the ledger. Every statement fits through a pooler in transaction mode.
//
// Everything the package knows of Supabase Auth was seen on a live 2.196.0
// (fixtures/supabase-auth: 89 hashes and rows with what the server made of them)
// or read in its source (supabase/auth, MIT).
//
// What it refuses: to store a hash that the target would never verify, or one
// whose cost would stall or kill its login; to speak to another machine without
// TLS; to touch a user who was there before; to name a connection string, a hash
// or a row's values in an error. It raises no trust: no role or right comes from a
// source unasked, and no address becomes verified that the source did not call so.
package postgres
