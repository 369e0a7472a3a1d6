// Package forms reads the text of a stored password hash.
//
// The text is entered in one place. An importer asks the table what a text claims
// to be (ClaimOf) and reads it once (Read); what it finds travels with the user as
// his Form. A verifier makes a recipe of a form, a sink's judge asks whether its
// target takes such a form and how it is spelt there. Neither looks at the text.
//
//	text ──ClaimOf──▶ tag          "$2y$10$…" says bcrypt, "5f4dcc3b…" says nothing
//	identity.Hash ──Read──▶ Form   taken apart: kind, cost, salt, digest
//	Form ──Text, PHC, Hex, …──▶    the text again, in the spelling that is asked for
//
// The table has a row for each tag: what other programs call it, how its texts
// begin, and how they are read. A dialect of another program that says nothing
// new is no tag but a marker (markers.go) or a spelling of the same form: it is cut
// off, and whoever writes the form anew sees that it was there.
//
// Reading is strict: bits that nothing encodes, leading zeros, a digit too many are
// malformed, since the program that made the hash never wrote them. It is cheap,
// computes nothing, allocates nothing larger than the text, and puts no text into
// a problem. What a hash costs to verify is not its matter.
package forms
