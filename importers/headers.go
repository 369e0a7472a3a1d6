package importers

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// field is something a column can hold. The first are the neutral file's, in
// its order; the others stand beside them in exports of other systems.
type field int

const (
	fieldID field = iota
	fieldUsername
	fieldEmail
	fieldEmailVerified
	fieldPhone
	fieldPhoneVerified
	fieldName
	fieldDisabled
	fieldCreated
	fieldLastSignIn
	fieldLabels
	fieldAttributes
	fieldLogins
	fieldFactors
	fieldPhoto
	fieldAlgorithm
	fieldHash
	fieldParams

	fieldGivenName
	fieldFamilyName
	fieldActive         // the opposite of disabled
	fieldBannedUntil    // a date
	fieldDeletedAt      // a date
	fieldVerifiedEmails // a list that holds the address when it is verified
	fieldVerifiedPhones
	fieldTOTP // the secret of a second factor, of which only the kind is kept
	fieldSalt
	fieldSaltSeparator
	fieldSignerKey
	fieldN
	fieldMemCost // log2 of n
	fieldR
	fieldP
	fieldKeyLength
	fieldVariant

	fieldCount
	noField field = -1
)

// headers are the names by which columns are known, beside the field's own. They
// are compared in lower case and without blanks, _ . - and #: "E-Mail Address",
// "email_address" and "emailAddress" are one name.
//
// The names are those of the exports of Auth0, ASP.NET Identity, Clerk, Cognito,
// Django, Drupal, FusionAuth, Keycloak, Laravel, LDAP, Nhost, Supabase and
// WordPress, of identitytoolkit, and of tables made by hand in several languages. One
// behind ? means the field only where no other name does: which address is confirmed,
// it does not say.
var headers = [fieldCount]struct{ name, others string }{
	fieldID:             {"id", "userid uid uuid guid localid sub identifier accountid memberid customerid pk id$oid benutzerid idusuario kundennummer"},
	fieldUsername:       {"username", "login loginname userlogin account accountname handle screenname preferredusername cognito:username usuario nombredeusuario benutzer benutzername nomdutilisateur utilisateur nomeutente utente"},
	fieldEmail:          {"email", "mail emailaddress mailaddress useremail usermail primaryemail primaryemailaddress correo correoelectrónico correoelectronico courriel adressemail adresseemail adresseélectronique emailadresse mailadresse indirizzoemail"},
	fieldEmailVerified:  {"email_verified", "emailisverified isemailverified emailconfirmed isemailconfirmed emailverifiedat emailconfirmedat emailverificationdate emailvalidated emailbestätigt emailverificado correoverificado emailvérifié emailconfirmé emailverificata emailverificato ?confirmed ?confirmedat ?isconfirmed ?verified ?verifiedat ?isverified ?bestätigt ?verifiziert ?verificado ?confirmado ?vérifié ?confirmé ?verificato"},
	fieldPhone:          {"phone", "phonenumber telephone tel telephonenumber mobile mobilenumber mobilephone cell cellphone primaryphonenumber billingphone teléfono telefono móvil movil celular telefon telefonnummer handy mobil téléphone portable cellulare telefone telemóvel"},
	fieldPhoneVerified:  {"phone_verified", "phonenumberverified isphoneverified phoneconfirmed phonenumberconfirmed phoneverifiedat phoneconfirmedat"},
	fieldName:           {"name", "fullname displayname nombre nombrecompleto vollständigername anzeigename nomcomplet nome nomecompleto"},
	fieldDisabled:       {"disabled", ""}, // and what state_words.go lists
	fieldCreated:        {"created_at", "created createdon createddate createdtimestamp creationdate creationtime creationtimestamp datecreated datejoined registered registeredat registereddate registrationdate userregistered userregdate signupdate signedupat joined joinedat joindate creado creadoel fechadecreación fechadealta erstellt erstelltam angelegtam crééle datedecréation creatoil criadoem"},
	fieldLastSignIn:     {"last_sign_in_at", "lastsignin lastsignedin lastsignedinat lastsignintime lastlogin lastloginat lastlogindate lastlogintime lastloggedin lastvisit lastvisitdate últimoacceso letzteranmeldung letzteanmeldung dernièreconnexion"},
	fieldLabels:         {"labels", "roles role groups"},
	fieldAttributes:     {"attributes", "metadata usermetadata rawusermetadata customattributes customclaims claims unsafemetadata"},
	fieldLogins:         {"logins", "identities"},
	fieldFactors:        {"second_factors", "factors"},
	fieldPhoto:          {"photo_url", "photo avatar avatarurl picture pictureurl image imageurl profileimage profilepicture"},
	fieldAlgorithm:      {"hash_algorithm", "hashalgo hashtype hashmethod algorithm algo passwordalgorithm passwordhashalgorithm passwordhasher hasher hashingmethod passwordtype encryptionscheme"},
	fieldHash:           {"password_hash", "passhash pwhash hash password passwd pass pwd userpass userpassword encryptedpassword hashedpassword cryptedpassword memberspasshash passworddigest contraseña contrasena clave passwort kennwort motdepasse senha palavrapasse"},
	fieldParams:         {"hash_params", "hashparameters hashoptions"},
	fieldGivenName:      {"given_name", "firstname forename vorname prénom prenom nombredepila"},
	fieldFamilyName:     {"family_name", "lastname surname nachname familienname nomdefamille apellido apellidos cognome sobrenome"},
	fieldActive:         {"active", ""},
	fieldBannedUntil:    {"banned_until", ""},
	fieldDeletedAt:      {"deleted_at", ""},
	fieldVerifiedEmails: {"verified_email_addresses", ""},
	fieldVerifiedPhones: {"verified_phone_numbers", ""},
	fieldTOTP:           {"totp_secret", "twofactorsecret otpsecret"},
	fieldSalt:           {"salt", "passwordsalt hashsalt usersalt memberspasssalt"},
	fieldSaltSeparator:  {"salt_separator", "base64saltseparator saltseparatorbase64"},
	fieldSignerKey:      {"signer_key", "base64signerkey signerkeybase64"},
	fieldN:              {"n", "cpucost scryptn iterations hashiterations factor"},
	fieldMemCost:        {"mem_cost", "memorycost"},
	fieldR:              {"r", "rounds blocksize scryptr"},
	fieldP:              {"p", "parallelization scryptp"},
	fieldKeyLength:      {"key_length", "keylen dklen hashlength"},
	fieldVariant:        {"variant", "digestalgorithm hashvariant"},
}

func (f field) String() string { return headers[f].name }

// headerTable finds fields by the names of columns.
type headerTable struct {
	byName   map[string]field
	vague    map[string]bool    // names that mean their field only where no other does
	ignored  map[string]bool    // --ignore
	explicit [fieldCount]string // --map: the header or #number that holds the field
	paths    [fieldCount]string // where a known system has the field
	system   *system            // which; nil where none is known
	nested   valuePath          // those of them that are inside of other values
}

// newHeaderTable refuses names of fields that there are not.
func newHeaderTable(mapped map[string]string, ignored []string) (*headerTable, error) {
	t := &headerTable{byName: map[string]field{}, vague: map[string]bool{}, ignored: map[string]bool{}}
	for f := range fieldCount {
		t.byName[foldHeader(f.String())] = f
		for _, other := range strings.Fields(headers[f].others) {
			name, vague := strings.CutPrefix(other, "?")
			t.byName[name], t.vague[name] = f, vague
		}
	}
	for _, name := range ignored {
		if strings.TrimSpace(name) == "" {
			return nil, errors.New("--ignore names no column")
		}
		t.ignored[foldHeader(name)] = true
	}
	for name, header := range mapped {
		f := t.named(name)
		if f == noField {
			return nil, fmt.Errorf("--map %s=…: there is no field %q; the fields are %s", name, name, fieldNames())
		}
		if strings.TrimSpace(header) == "" {
			return nil, fmt.Errorf("--map %s= names no column", name)
		}
		t.explicit[f] = strings.TrimSpace(header)
		path := t.explicit[f]
		if _, isState := stateFields[f]; isState {
			path, _ = cutChoice(path)
		}
		if strings.Contains(path, ".") {
			t.nested.add(path, f)
		}
	}
	return t, nil
}

// named is the field with exactly this name.
func (t *headerTable) named(name string) field {
	f, ok := t.byName[foldHeader(name)]
	if !ok || foldHeader(f.String()) != foldHeader(name) {
		return noField
	}
	return f
}

func fieldNames() string {
	names := make([]string, fieldCount)
	for f := range fieldCount {
		names[f] = f.String()
	}
	return strings.Join(names, ", ")
}

// foldHeader is a header as names are compared.
func foldHeader(s string) string {
	s = norm.NFC.String(strings.ToLower(strings.TrimSpace(s)))
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '_', '.', '-', '#', '\u00a0', '\ufeff':
			return -1
		}
		return r
	}, s)
}

// field is the field that a header means by itself; what --map gave to another
// column means nothing, nor does what --ignore names. Those that say state are not
// among them: there may be several.
func (t *headerTable) field(header string) field {
	name := foldHeader(header)
	f, ok := t.byName[name]
	if _, isState := stateFields[f]; !ok || isState || t.explicit[f] != "" || t.ignored[name] {
		return noField
	}
	return f
}

func (t *headerTable) ignores(header string) bool { return t.ignored[foldHeader(header)] }

// mappedTo is every field that --map gives to a name.
func (t *headerTable) mappedTo(name string) (fields []field) {
	for f, header := range t.explicit {
		if header == "" {
			continue
		}
		same := header == name || foldHeader(header) == foldHeader(name)
		if _, isState := t.mappedState(field(f), name); same || isState {
			fields = append(fields, field(f))
		}
	}
	return fields
}

// columns is which column holds each field; one column may hold several, when
// --map says so.
type columns struct {
	names []string
	at    [fieldCount]int // -1: no column
	state []stateColumn
}

// columns reads a header line.
func (t *headerTable) columns(names []string, found *states) (columns, error) {
	cols := columns{names: names}
	var err error
	if cols.state, err = t.stateColumns(names, found); err != nil {
		return cols, err
	}
	for f := range fieldCount {
		if cols.at[f], err = t.column(names, f); err != nil {
			return cols, err
		}
	}
	return cols, nil
}

// column finds the column of a field: the mapped one, else the only one whose
// header means it, else the one that bears the field's own name.
func (t *headerTable) column(names []string, f field) (int, error) {
	if _, isState := stateFields[f]; isState {
		return -1, nil
	}
	if t.explicit[f] != "" {
		return t.mapped(names, f, t.explicit[f])
	}
	var all, own, vague []int
	for i, name := range names {
		if t.field(name) != f {
			continue
		}
		if t.vague[foldHeader(name)] {
			vague = append(vague, i)
			continue
		}
		all = append(all, i)
		if t.named(name) == f {
			own = append(own, i)
		}
	}
	if len(all) == 0 {
		all = vague
	}
	switch {
	case len(all) == 0:
		return -1, nil
	case len(all) == 1:
		return all[0], nil
	case len(own) == 1:
		return own[0], nil
	}
	return -1, fmt.Errorf("columns %d (%.40q) and %d (%.40q) both mean %s; say which with --map %s=#%d", all[0]+1, names[all[0]], all[1]+1, names[all[1]], f, f, all[0]+1)
}

// mapped finds the column that --map gives to f: by its number, by its header as
// it stands, or by its header as headers are compared.
func (t *headerTable) mapped(names []string, f field, want string) (int, error) {
	if number, ok := strings.CutPrefix(want, "#"); ok {
		if n, err := strconv.Atoi(number); err == nil {
			if n < 1 || n > len(names) {
				return 0, fmt.Errorf("--map %s=%s: there are %d columns", f, want, len(names))
			}
			return n - 1, nil
		}
	}
	for _, equal := range []func(string) bool{
		func(s string) bool { return strings.TrimSpace(s) == want },
		func(s string) bool { return foldHeader(s) == foldHeader(want) },
	} {
		found := -1
		for i, name := range names {
			if !equal(name) {
				continue
			}
			if found >= 0 {
				return 0, fmt.Errorf("--map %s=%s: columns %d and %d have this header; name one by its number: --map %s=#%d", f, want, found+1, i+1, f, found+1)
			}
			found = i
		}
		if found >= 0 {
			return found, nil
		}
	}
	return 0, fmt.Errorf("--map %s=%s: there is no such column", f, want)
}

// has reports whether there is a column for a field.
func (c *columns) has(f field) bool { return c.at[f] >= 0 }

// identifies reports whether a column can tell one user from another.
func (c *columns) identifies() bool {
	return c.has(fieldID) || c.has(fieldUsername) || c.has(fieldEmail) || c.has(fieldPhone)
}

// leftOut names the columns that are not carried.
func (c *columns) leftOut() []string {
	var out []string
	for i, name := range c.names {
		if !slices.Contains(c.at[:], i) && !slices.ContainsFunc(c.state, func(s stateColumn) bool { return s.column == i }) {
			out = append(out, columnName(name, i))
		}
	}
	return out
}

func columnName(name string, i int) string {
	if strings.TrimSpace(name) == "" {
		return fmt.Sprintf("column %d", i+1)
	}
	return name
}

// quotedList is names for a sentence: at most twenty of them, none of them long.
func quotedList(names []string) string {
	const most = 20
	var b strings.Builder
	for i, name := range names[:min(len(names), most)] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%.40q", name)
	}
	if len(names) > most {
		fmt.Fprintf(&b, " and %d more", len(names)-most)
	}
	return b.String()
}
