package importers

import (
	"bytes"
	"unicode/utf8"

	"rehome/identity"
)

// The columns of auth:export's CSV, which has no header (firebase-tools
// src/accountExporter.ts). Every row ends in a comma, and so in an empty field.
// Each provider has four columns: id, e-mail, name, picture.
const (
	colID = iota
	colEmail
	colVerified
	colHash
	colSalt
	colName
	colPhoto
	colProviders // google.com, facebook.com, twitter.com, github.com
	colCreated   = 23
	colLastLogin = 24
	colPhone     = 25
	colDisabled  = 26 // since v7.12.0
	colClaims    = 27 // since v8.13.0
	colMoreProvs = 28 // since v15.19.0: the other six
)

// The numbers of fields, with the empty one at the end.
const (
	widthOldest   = 27
	widthDisabled = 28
	widthClaims   = 29
	widthNewest   = 53
)

// providerAt names the provider whose first column it is.
func providerAt(col int) string {
	switch col {
	case 7:
		return "google.com"
	case 11:
		return "facebook.com"
	case 15:
		return "twitter.com"
	case 19:
		return "github.com"
	case 28:
		return "apple.com"
	case 32:
		return "microsoft.com"
	case 36:
		return "gc.apple.com"
	case 40:
		return "playgames.google.com"
	case 44:
		return "linkedin.com"
	case 48:
		return "yahoo.com"
	}
	return ""
}

// rowCells are the fields of a row as text.
type rowCells struct {
	fields  [][]byte
	clean   bool // the row is text as a whole
	problem *identity.Problem
}

// text is a column's text, "" when the row is too short for it or it is none.
func (c *rowCells) text(col int, name string) string {
	if col >= len(c.fields) {
		return ""
	}
	field, fault := c.fields[col], textFault("")
	switch {
	case c.clean:
		return string(field)
	case !utf8.Valid(field):
		fault = notUTF8
	case bytes.IndexByte(field, 0) >= 0:
		fault = holdsNUL
	default:
		return string(field)
	}
	if c.problem == nil {
		c.problem = fault.problem(name)
	}
	return ""
}

// rowAccount is the account in a row whose fields are in their places.
func rowAccount(fields [][]byte, raw []byte) (a account, problem *identity.Problem) {
	c := rowCells{fields: fields, clean: utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0}
	a.user = identity.User{
		ID: c.text(colID, "localId"), Email: c.text(colEmail, "email"), Name: c.text(colName, "displayName"),
		Photo: c.text(colPhoto, "photoUrl"), Phone: c.text(colPhone, "phoneNumber"),
		EmailVerified: string(fields[colVerified]) == "true",
		Disabled:      len(fields) >= widthDisabled && string(fields[colDisabled]) == "true",
		Created:       parseDate(fields[colCreated]), LastSignIn: parseDate(fields[colLastLogin]),
	}
	a.hash, a.salt = c.text(colHash, "passwordHash"), c.text(colSalt, "salt")
	if len(fields) >= widthClaims && len(fields[colClaims]) > 0 {
		if text := c.text(colClaims, "customAttributes"); text != "" {
			a.user.Attributes = claims("customAttributes", []byte(text))
		}
	}
	a.logins = c.providers(a.logins, colProviders, colCreated)
	a.logins = c.providers(a.logins, colMoreProvs, len(fields)-1)
	return a, c.problem
}

// providers adds those in the columns from from up to end, four each.
func (c *rowCells) providers(logins []identity.Login, from, end int) []identity.Login {
	for col := from; col+4 <= end; col += 4 {
		if len(c.fields[col])+len(c.fields[col+1]) > 0 {
			logins = append(logins, identity.Login{Provider: providerAt(col), Subject: c.text(col, "a provider's id"), Email: c.text(col+1, "a provider's email")})
		}
	}
	return logins
}
