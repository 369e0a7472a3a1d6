package importers

import (
	"strings"
	"testing"

	"rehome/identity"
)

// The table is consistent: the neutral file's fields come first, every name is
// in the form in which names are compared, and none has two meanings.
func TestHeaderTable(t *testing.T) {
	for i, name := range identity.NeutralFields {
		if field(i).String() != name {
			t.Errorf("field %d is %s, the neutral file's is %s", i, field(i), name)
		}
	}
	meaning := map[string]field{}
	for f := range fieldCount {
		for _, name := range append(strings.Fields(headers[f].others), foldHeader(f.String())) {
			if foldHeader(name) != name {
				t.Errorf("%s: %q is compared as %q", f, name, foldHeader(name))
			}
			if other, twice := meaning[name]; twice {
				t.Errorf("%q means %s and %s", name, other, f)
			}
			meaning[name] = f
		}
	}
}

// Headers as exports of other systems have them, and what is made of them.
func TestHeadersKnown(t *testing.T) {
	for _, c := range []struct{ system, header, want string }{
		{"by hand", " User ID ,E-Mail Address,Full Name,Phone #,Password Hash,Created At", "id email name phone password_hash created_at"},
		{"Clerk", "id,first_name,last_name,username,primary_email_address,primary_phone_number,verified_email_addresses,unverified_email_addresses,verified_phone_numbers,unverified_phone_numbers,totp_secret,password_digest,password_hasher",
			"id given_name family_name username email phone verified_email_addresses - verified_phone_numbers - totp_secret password_hash hash_algorithm"},
		{"Cognito", "cognito:username,name,given_name,family_name,email,email_verified,phone_number,phone_number_verified,cognito:mfa_enabled", "username name given_name family_name email email_verified phone phone_verified -"},
		{"Django", "id,password,last_login,is_superuser,username,first_name,last_name,email,is_staff,is_active,date_joined", "id password_hash last_sign_in_at - username given_name family_name email - active created_at"},
		{"Laravel", "id,name,email,email_verified_at,password,remember_token,created_at,updated_at,two_factor_secret", "id name email email_verified password_hash - created_at - totp_secret"},
		{"Supabase", "instance_id,id,aud,role,email,encrypted_password,email_confirmed_at,last_sign_in_at,raw_user_meta_data,created_at,phone,phone_confirmed_at,banned_until,deleted_at",
			"- id - labels email password_hash email_verified last_sign_in_at attributes created_at phone phone_verified banned_until disabled"},
		{"Nhost", "id,created_at,disabled,display_name,avatar_url,locale,email,phone_number,password_hash,email_verified,default_role,metadata",
			"id created_at disabled name photo_url - email phone password_hash email_verified - attributes"},
		{"Keycloak", "id,username,email,firstName,lastName,enabled,emailVerified,createdTimestamp", "id username email given_name family_name active email_verified created_at"},
		{"FusionAuth", "id,email,username,encryptionScheme,factor,salt,password,active,verified", "id email username hash_algorithm n salt password_hash active email_verified"},
		{"Auth0", "user_id,email,email_verified,passwordHash,name,picture,user_metadata,blocked,created_at,last_login", "id email email_verified password_hash name photo_url attributes disabled created_at last_sign_in_at"},
		{"ASP.NET Identity", "Id,UserName,Email,EmailConfirmed,PasswordHash,PhoneNumber,PhoneNumberConfirmed,LockoutEnabled", "id username email email_verified password_hash phone phone_verified -"},
		{"WordPress", "ID,user_login,user_pass,user_email,user_registered,display_name,roles", "id username password_hash email created_at name labels"},
		{"Spanish", "id,correo electrónico,nombre,teléfono,contraseña,creado", "id email name phone password_hash created_at"},
		{"Spanish, taken apart", "id,correo electro\u0301nico", "id email"},
		{"own name before others", "uuid,id,mail,email", "- id - email"},
	} {
		table, err := newHeaderTable(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		names := strings.Split(c.header, ",")
		cols, err := table.columns(names, new(states))
		if err != nil {
			t.Errorf("%s: %v", c.system, err)
			continue
		}
		if got := shownColumns(cols); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.system, got, c.want)
		}
	}
}

func shownColumns(cols columns) string {
	out := make([]string, len(cols.names))
	for i := range out {
		for f, at := range cols.at {
			if at == i {
				out[i] = strings.TrimPrefix(out[i]+"+"+field(f).String(), "+")
			}
		}
		for _, s := range cols.state {
			if s.column == i {
				out[i] = map[stateKind]string{stateOut: "disabled", stateIn: "active", stateStatus: "status", stateUntil: "banned_until"}[s.of.kind]
			}
		}
		if out[i] == "" {
			out[i] = "-"
		}
	}
	return strings.Join(out, " ")
}

func TestHeadersMapped(t *testing.T) {
	for _, c := range []struct{ header, mapped, want, err string }{
		{"Kundennr,Kontakt", "id=Kundennr,email=Kontakt", "id email", ""},
		{"Kundennr,Kontakt", "id=KUNDEN-NR,email=#2", "id email", ""},
		{"email,name,email", "email=#3", "- name email", ""},
		{"email,name", "id=email", "id+email name", ""},
		{"id,uuid", "id=uuid", "- id", ""},
		{"Mail,mail", "email=Mail", "email -", ""},
		{"mail,correo", "", "", "both mean email"},
		{"mail,mail", "email=mail", "", "columns 1 and 2"},
		{"id", "email=Mail", "", "no such column"},
		{"id", "email=#2", "", "there are 1 columns"},
		{"id", "email=#0", "", "there are 1 columns"},
		{"id,#x", "email=#x", "id email", ""},
	} {
		mapped := map[string]string{}
		for _, pair := range strings.FieldsFunc(c.mapped, func(r rune) bool { return r == ',' }) {
			f, header, _ := strings.Cut(pair, "=")
			mapped[f] = header
		}
		table, err := newHeaderTable(mapped, nil)
		if err != nil {
			t.Fatal(err)
		}
		cols, err := table.columns(strings.Split(c.header, ","), new(states))
		if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s, %s: %v, want %q", c.header, c.mapped, err, c.err)
		}
		if err == nil && shownColumns(cols) != c.want {
			t.Errorf("%s, %s: %s, want %s", c.header, c.mapped, shownColumns(cols), c.want)
		}
	}
}
