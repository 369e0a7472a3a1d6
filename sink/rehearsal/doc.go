// Package rehearsal is an Appwrite-compatible Users service in memory, to
// practise a migration against: the endpoints under /v1/users, and what a
// migrated person does first under /v1/account, answered as Appwrite 1.5 or 1.9
// answers them, down to the order of checks, the texts of errors and the hashes
// it can and cannot verify.
//
// Its sources are Appwrite's own code (appwrite/appwrite, branches 1.5.x at
// 64868968 and 1.9.x at f8253d62, on MariaDB) and two recordings of real
// servers, which the replay test of this package sends again, request for
// request. It shares no code with sink/appwrite: they are two readings of one
// contract, so that a mistake in one is seen by the other.
//
// What it refuses to be: a server for anybody's users. It keeps everything in
// memory and forgets it on exit; Listen refuses every address that is not
// loopback; project and key are new at each start unless the caller gives them.
// It sends no mail, runs no functions, calls no webhooks, and does nothing for
// services other than users and account, except for the one team call that a
// membership needs.
package rehearsal
