package importers

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"rehome/identity"
	"rehome/identity/forms"
)

// FirebaseConfig is what a Firebase export does not say by itself. The zero
// value reads an export without judging its hashes.
type FirebaseConfig struct {
	// Hash is the project's password hash parameters. Optional; without them
	// hashes come out with their own salt only.
	Hash HashConfig
	// AcceptTruncated takes the records before the place where a file was cut
	// off, instead of refusing the file. Optional.
	AcceptTruncated bool
	// NeedHash makes a hash in the file an error of the source (NoHashConfig)
	// when Hash is not given. Optional.
	NeedHash bool
}

// Firebase reads an export of Firebase Auth: JSON or CSV of `firebase
// auth:export`, a reply of accounts:batchGet or downloadAccount, what the Admin
// SDK's listUsers gives, or one such account a line (firebase-tools
// src/accountExporter.ts, firebase-admin user-record). name is how the file is
// called in positions. The sequence can be read once.
//
// Hashes leave as they stand, in either base64 alphabet, padded or not.
//
// An export that can be of no use for passwords ends the sequence: one whose
// exporter was not allowed to see the hashes (Redacted), and one of an emulator
// (PlainPasswords). One that was cut off (Truncated) yields what came before
// the cut and ends in the error, unless c.AcceptTruncated.
func Firebase(r io.Reader, name string, c FirebaseConfig) identity.Records {
	return func(yield func(identity.Record, error) bool) {
		text, charset := UTF8(r)
		f := &firebase{w: newWindow(text, name), charset: charset, c: c, name: name, yield: yield}
		if err := f.read(); err != nil && err != errStopped {
			yield(identity.Record{}, err)
		}
	}
}

// errStopped ends a reading without an error: the consumer wants no more, or a
// cut was accepted.
var errStopped = errors.New("stopped")

// firebase is one reading of an export.
type firebase struct {
	w       *window
	charset string // that it was decoded from; "" when it was not
	c       FirebaseConfig
	name    string
	yield   func(identity.Record, error) bool
	n       int // records so far
}

func (f *firebase) read() error {
	if f.c.Hash != (HashConfig{}) {
		if err := f.c.Hash.Validate(); err != nil {
			return err
		}
	}
	f.w.skipMark()
	first, ok := f.w.token()
	switch {
	case f.w.err != nil:
		return f.w.failure()
	case !ok:
		return f.refuse(Empty, -1, "the file is empty", adviceExport)
	case looksJSON(f.w.unread()), (first == '[' || first == '{') && !f.looksCSV():
		return f.readJSON(first)
	}
	return f.readCSV()
}

const adviceExport = "export again: firebase auth:export users.json --format=json --project PROJECT"

func (f *firebase) refuse(kind Kind, at int64, says, advice string) error {
	return &SourceError{Kind: kind, File: f.name, Byte: at, Says: says, Advice: advice}
}

// cutOff is the answer to a stream that ends where it should not.
func (f *firebase) cutOff(where string) error {
	if err := f.w.failure(); err != nil {
		return err
	}
	if f.c.AcceptTruncated {
		return errStopped
	}
	return f.refuse(Truncated, f.w.length(), fmt.Sprintf("the file ends %s: it was cut off (records before the cut: %d)", where, f.n),
		"export again, or go on with what was read: --accept-truncated")
}

// give hands a record over.
func (f *firebase) give(rec identity.Record, line int) error {
	f.n++
	rec.Pos = identity.Pos{File: f.name, Record: f.n, Line: line}
	if !f.yield(rec, nil) {
		return errStopped
	}
	return nil
}

// account is an account as both readers see it, before its hash was looked at.
type account struct {
	user       identity.User // all but hash and logins
	hash, salt string
	logins     []identity.Login // as the source lists them
}

// user makes the account a user.
func (f *firebase) user(a *account) (identity.User, error) {
	u := a.user
	if a.hash != "" {
		claim := forms.Said(a.hash)
		if err := f.judgeHash(claim); err != nil {
			return u, err
		}
		u.Hash = f.c.hash(a, claim)
		takeApart(&u)
	}
	for _, l := range a.logins {
		// A phone is in the phone number; a password is the hash, where there is one.
		if l.Provider == "phone" || l.Provider == identity.PasswordProvider && a.hash != "" {
			continue
		}
		u.Logins = append(u.Logins, l)
	}
	return u, nil
}

// hash is the account's hash with the project's parameters. In a file that was made
// for auth:import the text may be that of another algorithm, and says so itself.
func (c FirebaseConfig) hash(a *account, claim forms.Claim) identity.Hash {
	if claim.Kind == forms.Known && claim.Marked {
		return identity.Hash{Algorithm: claim.Tag(), Encoded: identity.Secret(a.hash)}
	}
	h := identity.Hash{Algorithm: identity.ScryptFirebase, Encoded: identity.Secret(a.hash)}
	h.Params.Salt = identity.Secret(a.salt)
	if c.Hash != (HashConfig{}) {
		h.Params.SaltSeparator, h.Params.SignerKey = c.Hash.SaltSeparator, c.Hash.SignerKey
		h.Params.N, h.Params.R, h.Params.P = 1<<c.Hash.MemCost, c.Hash.Rounds, 1
	}
	return h
}

// judgeHash refuses the source when a hash shows that none of its hashes can be used.
func (f *firebase) judgeHash(claim forms.Claim) error {
	useless := claim.Kind == forms.Withheld || claim.Kind == forms.Clear
	if f.c.NeedHash && f.c.Hash == (HashConfig{}) && !useless && !claim.Marked {
		return f.refuse(NoHashConfig, -1, f.where()+" has a password hash, and the project's password hash parameters are not given", adviceHashConfig)
	}
	return f.refuseUseless(claim)
}

// refuseUseless refuses the source when what stands there is not a hash.
func (f *firebase) refuseUseless(claim forms.Claim) error {
	switch claim.Kind {
	case forms.Withheld:
		return f.refuse(Redacted, -1, f.where()+": instead of a hash there is the word REDACTED, in base64: whoever exported this was not allowed to see hashes, and the file holds none",
			"export again with an account that has the permission firebaseauth.configs.getHashConfig, such as an owner of the project")
	case forms.Clear:
		return f.emulated(f.where() + ": ")
	}
	return nil
}

// where is the place of the record that is read next.
func (f *firebase) where() string { return fmt.Sprintf("record %d", f.n+1) }

func (f *firebase) emulated(where string) error {
	return f.refuse(PlainPasswords, -1, where+"this comes from the Auth emulator, which keeps passwords in plain text and has no hashes",
		"export the project itself with firebase auth:export; then delete this file if real people's passwords are in it")
}

// claims are a user's attributes, from JSON text. What is no JSON object is kept
// as text under the name that the source gives it.
func claims(field string, text []byte) map[string]any {
	object, ok := decodeObject(text)
	if !ok {
		return map[string]any{field: string(text)}
	}
	if len(object) == 0 {
		return nil
	}
	return object
}

// looksJSON tells an object or a list of objects from a CSV whose first id
// begins with a bracket, such as a GUID in braces.
func looksJSON(head []byte) bool {
	rest := bytes.TrimLeft(head[1:], " \t\r\n")
	switch {
	case head[0] != '{' && head[0] != '[':
		return false
	case len(rest) == 0:
		return true
	case head[0] == '{':
		return rest[0] == '"' || rest[0] == '}'
	}
	return rest[0] == '{' || rest[0] == ']'
}
