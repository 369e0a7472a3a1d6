package importers

import (
	"cmp"
	"fmt"

	"rehome/identity"
)

// readJSON reads any of the JSON shapes:
//
//	{"users": [ACCOUNT, …], …}          auth:export, the API's replies, listUsers
//	[ACCOUNT, …]                        listUsers().users
//	[{"users": […]}, {"users": […]}]    exports that jq -s has joined
//	ACCOUNT ACCOUNT …                   one account a line
//
// The grammar around the accounts is strict: where it breaks, nothing behind it
// can be trusted, and the source ends in an error with the byte.
func (f *firebase) readJSON(first byte) error {
	if first == '[' {
		return f.then(f.topList(), f.atEnd)
	}
	var t topLevel
	if p := f.w.parse(&t.jsonScan, t.look); p != whole {
		return f.stop(p, &t.jsonScan, "inside the first object")
	}
	f.w.pos -= t.i // it was only looked at
	switch at := f.w.offset(); t.shape {
	case shapeUsers:
		return f.then(f.container(), f.atEnd)
	case shapeAccount:
		return f.lines()
	case shapeReply:
		return nil
	case shapeEmulator:
		return f.emulated("")
	case shapeDatabase:
		return f.refuse(Malformed, at, "the users are an object, not a list: this looks like a Realtime Database, which holds no accounts", adviceExport)
	default:
		return f.refuse(Malformed, at, `an object without a list "users": this is no export of Firebase Auth`, adviceExport)
	}
}

func (f *firebase) then(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

// stop is the error for a value that could not be read.
func (f *firebase) stop(p parsed, s *jsonScan, where string) error {
	if p == ended {
		return f.cutOff(where)
	}
	if p == tooLarge {
		return f.refuse(Malformed, f.w.offset(), fmt.Sprintf("more than %d MiB that are no account", maxRecord>>20), adviceExport)
	}
	return f.refuse(Malformed, f.w.offset()+int64(s.i), where+": this is not JSON: "+s.says, adviceExport)
}

// topList reads a list of accounts, or of exports.
func (f *firebase) topList() error {
	f.w.pos++
	var t topLevel
	if c, _ := f.w.token(); c != '{' || f.w.parse(&t.jsonScan, t.look) != whole {
		return f.accounts()
	}
	f.w.pos -= t.i // it was only looked at
	if t.shape != shapeUsers {
		return f.accounts()
	}
	const where = "between two exports"
	for {
		switch c, ok := f.w.token(); {
		case !ok:
			return f.cutOff(where)
		case c != '{':
			return f.refuse(Malformed, f.w.offset(), where+": expected an object with a list \"users\"", adviceExport)
		}
		if err := f.container(); err != nil {
			return err
		}
		if c, err := f.separator(']', where); err != nil || c == ']' {
			return err
		}
	}
}

// list reads the accounts of a list whose opening bracket is at hand.
func (f *firebase) list() error {
	f.w.pos++
	return f.accounts()
}

// accounts reads accounts up to the bracket that closes their list.
func (f *firebase) accounts() error {
	if c, _ := f.w.token(); c == ']' {
		f.w.pos++
		return nil
	}
	s := new(accountScan)
	for {
		if _, ok := f.w.token(); !ok {
			return f.cutOff("inside the list of accounts")
		}
		if err := f.record(s); err != nil {
			return err
		}
		c, err := f.separator(']', "inside the list of accounts")
		if err != nil || c == ']' {
			return err
		}
	}
}

// separator consumes a comma, or what closes the list or object at hand.
func (f *firebase) separator(closing byte, where string) (byte, error) {
	c, ok := f.w.token()
	if !ok {
		return 0, f.cutOff(where)
	}
	if c != ',' && c != closing {
		return 0, f.refuse(Malformed, f.w.offset(), fmt.Sprintf("%s: this is not JSON: expected a comma or %c", where, closing), adviceExport)
	}
	f.w.pos++
	return c, nil
}

// lines reads accounts that follow each other.
func (f *firebase) lines() error {
	s := new(accountScan)
	for {
		c, ok := f.w.token()
		switch {
		case !ok && f.w.cut:
			return f.cutOff("between two accounts")
		case !ok:
			return f.w.failure()
		case c != '{':
			return f.refuse(Malformed, f.w.offset(), "expected an account, one a line", adviceExport)
		}
		if err := f.record(s); err != nil {
			return err
		}
	}
}

// record reads one account and hands it over.
func (f *firebase) record(s *accountScan) error {
	switch p := f.w.parse(&s.jsonScan, s.restart); p {
	case whole:
		return f.settle(s)
	case tooLarge:
		return f.passOver()
	case ended:
		if f.c.AcceptTruncated && f.w.err == nil {
			rec := problemRecord(identity.RecordUnreadable, "the file ends inside the record", f.w.unread())
			if err := f.give(rec, 0); err != nil {
				return err
			}
		}
		return f.cutOff("inside " + f.where())
	default:
		return f.stop(p, &s.jsonScan, f.where())
	}
}

// restart is record on a clean slate.
func (s *accountScan) restart() bool {
	s.account, s.problem = account{}, nil
	s.texts.Reset()
	return s.record()
}

// settle hands over an account that was consumed.
func (f *firebase) settle(s *accountScan) error {
	if s.problem = cmp.Or(s.problem, damaged(s.b[:s.i], f.charset)); s.problem != nil {
		rec := identity.Record{Problem: s.problem, Raw: identity.Secret(rawText(s.b[:s.i]))}
		rec.User.ID = s.user.ID
		return f.give(rec, 0)
	}
	user, err := f.user(&s.account)
	if err != nil {
		return err
	}
	return f.give(identity.Record{User: user}, 0)
}

// passOver is for a record that is too large to be kept.
func (f *firebase) passOver() error {
	rec := problemRecord(identity.RecordTooLarge, fmt.Sprintf("the record is larger than %d MiB", maxRecord>>20), f.w.unread())
	if !f.w.discard() {
		return f.cutOff("inside " + f.where())
	}
	return f.give(rec, 0)
}

// problemRecord is a record of which only its text is known.
func problemRecord(code identity.Code, detail string, raw []byte) identity.Record {
	return identity.Record{
		Problem: &identity.Problem{Code: code, Detail: detail},
		Raw:     identity.Secret(rawText(raw)),
	}
}

// container reads the object that holds the list of accounts.
func (f *firebase) container() error {
	const where = "beside the list of accounts"
	f.w.pos++
	for seen := false; ; {
		var s jsonScan
		var name string
		if p := f.w.parse(&s, func() bool { return s.nameInto(&name) }); p != whole {
			return f.stop(p, &s, where)
		}
		if name != "users" {
			if err := f.skipValue(where); err != nil {
				return err
			}
		} else {
			if c, _ := f.w.token(); c != '[' || seen {
				return f.refuse(Malformed, f.w.offset(), "a second list of accounts", adviceExport)
			}
			seen = true
			if err := f.list(); err != nil {
				return err
			}
		}
		if c, err := f.separator('}', where); err != nil || c == '}' {
			return err
		}
	}
}

// skipValue passes over a value of the object around the accounts.
func (f *firebase) skipValue(where string) error {
	var s jsonScan
	switch p := f.w.parse(&s, s.skip); {
	case p == whole || p == tooLarge && f.w.discard():
		return nil
	case p == tooLarge:
		return f.cutOff(where)
	default:
		return f.stop(p, &s, where)
	}
}

// atEnd makes sure that nothing follows.
func (f *firebase) atEnd() error {
	if _, more := f.w.token(); more {
		return f.refuse(Malformed, f.w.offset(), "text behind the end of the export; is this two files in one?", "give every file by itself")
	}
	return f.w.failure()
}
