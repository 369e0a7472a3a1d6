package importers

import (
	"bytes"
	"cmp"
	"strings"

	"rehome/identity"
	"rehome/identity/forms"
)

// system is a program whose JSON is known.
type system struct {
	what    string           // what its file is, for a sentence
	marks   []string         // paths that nobody else has: of each, one of those between blanks must be there
	paths   map[field]string // where fields stand that are not known by their names; those of state may say which values are meant, as --map does
	only    string           // a path that whoever is no user lacks; "" where all are users
	ignored string           // names that say nothing about a user
	hashes  string           // why there are none; "" where there are
	finish  func(*cells)     // makes of the texts what they mean; may be nil
}

// systems is every system whose JSON is known, one entry each: adding one adds a
// fixture to its test.
func systems() []system {
	const (
		keycloak = "credentials[type=password]."
		secret   = keycloak + "secretData."
		data     = keycloak + "credentialData."
		extra    = data + "additionalParameters."
		auth0    = "custom_password_hash."
		options  = "hashOptions."
	)
	return []system{
		{
			// keycloak/keycloak, ExportUtils.java, PasswordCredentialData.java
			what: "an export of Keycloak", marks: []string{"disableableCredentialTypes realmRoles credentials.0.secretData"},
			paths: map[field]string{
				fieldHash: secret + "value", fieldSalt: secret + "salt", fieldAlgorithm: data + "algorithm", fieldN: data + "hashIterations",
				fieldR: extra + "memory.0", fieldP: extra + "parallelism.0", fieldVariant: extra + "type.0", fieldMemCost: extra + "version.0",
			},
			ignored: "totp disableableCredentialTypes requiredActions notBefore realmRoles clientRoles federationLink access",
			finish:  finishKeycloak,
		},
		{
			// auth0/docs-v2, bulk-user-import-schema
			what: "a file for Auth0's import of users", marks: []string{"custom_password_hash.algorithm custom_password_hash.hash.value"},
			paths:  map[field]string{fieldID: "user_id", fieldHash: auth0 + "hash.value", fieldAlgorithm: auth0 + "algorithm", fieldSalt: auth0 + "salt.value", fieldVariant: auth0 + "salt.position"},
			finish: finishAuth0,
		},
		{
			// aws cognito-idp list-users
			what: "a list of users of Amazon Cognito", marks: []string{"Attributes.0.Name UserAttributes.0.Name", "Username"},
			paths: map[field]string{
				fieldID: "Username", fieldEmail: "Attributes[Name=email].Value", fieldEmailVerified: "Attributes[Name=email_verified].Value",
				fieldPhone: "Attributes[Name=phone_number].Value", fieldPhoneVerified: "Attributes[Name=phone_number_verified].Value",
				fieldName: "Attributes[Name=name].Value", fieldUsername: "Attributes[Name=preferred_username].Value", fieldCreated: "UserCreateDate",
			},
			ignored: "UserLastModifiedDate UserStatus MFAOptions", hashes: "Cognito never gives password hashes",
			finish: func(c *cells) { c[fieldCreated] = wholeSeconds(c[fieldCreated]) },
		},
		{
			// django/django, core/serializers/python.py
			what: "a dumpdata of Django", marks: []string{"model", "pk", "fields"}, only: "fields.password",
			paths: map[field]string{
				fieldID: "pk", fieldUsername: "fields.username", fieldEmail: "fields.email", fieldHash: "fields.password", fieldGivenName: "fields.first_name",
				fieldFamilyName: "fields.last_name", fieldName: "fields.name", fieldActive: "fields.is_active", fieldCreated: "fields.date_joined", fieldLastSignIn: "fields.last_login",
			},
			ignored: "model",
		},
		{
			// ory/kratos, GET /admin/identities?include_credential=password
			what: "identities of Ory Kratos", marks: []string{"schema_id", "traits"},
			paths: map[field]string{
				fieldEmail: "traits.email", fieldUsername: "traits.username", fieldPhone: "traits.phone", fieldGivenName: "traits.name.first", fieldFamilyName: "traits.name.last",
				fieldHash: "credentials.password.config.hashed_password", fieldEmailVerified: "verifiable_addresses[via=email].verified", fieldDisabled: "state:!active",
			},
			ignored: "schema_id schema_url state_changed_at recovery_addresses updated_at organization_id",
		},
		{
			// meteor/meteor, packages/accounts-password: bcrypt over the SHA-256 of the password, in hex
			what: "users of Meteor", marks: []string{"services.password.bcrypt services.resume services.password.argon2", "emails username profile"},
			paths: map[field]string{
				fieldID: "_id", fieldEmail: "emails.0.address", fieldEmailVerified: "emails.0.verified", fieldName: "profile.name", fieldHash: "services.password.bcrypt",
			},
			finish: finishMeteor,
		},
		{
			// GET /api/v1/users
			what: "a list of users of Okta", marks: []string{"profile.login", "status", "created"},
			paths: map[field]string{
				fieldUsername: "profile.login", fieldEmail: "profile.email", fieldGivenName: "profile.firstName", fieldFamilyName: "profile.lastName",
				fieldPhone: "profile.mobilePhone", fieldDisabled: "status:!ACTIVE|STAGED|PROVISIONED|RECOVERY|PASSWORD_EXPIRED",
			},
			ignored: "activated statusChanged lastUpdated passwordChanged credentials type _links", hashes: "Okta never gives password hashes",
		},
		{
			// GET /v1/users: appwrite/appwrite, Utopia/Response/Model/User.php
			what: "a list of users of Appwrite", marks: []string{"$id", "$createdAt", "emailVerification", "registration hashOptions"},
			paths: map[field]string{
				fieldID: "$id", fieldCreated: "registration", fieldEmailVerified: "emailVerification", fieldPhoneVerified: "phoneVerification", fieldActive: "status",
				fieldHash: "password", fieldAlgorithm: "hash", fieldSalt: options + "salt", fieldSaltSeparator: options + "saltSeparator", fieldSignerKey: options + "signerKey",
				fieldN: options + "costCpu", fieldR: options + "costMemory", fieldP: options + "costParallel", fieldKeyLength: options + "length",
				fieldVariant: options + "version", fieldAttributes: "prefs", fieldLastSignIn: "accessedAt",
			},
			ignored: "$createdAt $updatedAt hashOptions passwordUpdate targets mfa",
			finish:  func(c *cells) { plainClaim(c) },
		},
	}
}

// recognise finds the system that the first objects of a file are of, and looks for
// its fields where it has them.
func (s *tableReading) recognise(objects [][]byte) {
	for _, known := range systems() {
		for _, object := range objects {
			if known.fits(object) {
				s.headers.learn(&known)
				return
			}
		}
	}
}

func (k *system) fits(object []byte) bool {
	for _, alternatives := range k.marks {
		found := false
		for name := range strings.FieldsSeq(alternatives) {
			found = found || hasPath(object, name)
		}
		if !found {
			return false
		}
	}
	return true
}

// hasPath reports whether an object has a value, null included, at a path.
func hasPath(object []byte, name string) (has bool) {
	var p valuePath
	p.add(name, fieldID)
	p.reach(bytes.TrimLeft(object, " \t\r\n"), func(*valuePath, []byte) { has = true })
	return has
}

// learn takes the paths of a system, but for those fields that --map names.
func (t *headerTable) learn(known *system) {
	t.system = known
	for f, name := range known.paths {
		if t.explicit[f] == "" {
			t.paths[f] = name
			path, _ := cutChoice(name)
			t.nested.add(path, f)
		}
	}
}

// ignores reports whether a name says nothing that could be carried.
func (k *system) ignores(name string) bool {
	for ignored := range strings.FieldsSeq(k.ignored) {
		if ignored == name {
			return true
		}
	}
	return false
}

// plainClaim takes away what stands beside a hash that says all of itself.
func plainClaim(c *cells) bool {
	if claim := forms.ClaimOf(c[fieldHash]); claim.Kind != forms.Known || !claim.Marked {
		return false
	}
	for _, f := range []field{fieldAlgorithm, fieldSalt, fieldSaltSeparator, fieldSignerKey, fieldN, fieldR, fieldP, fieldKeyLength, fieldVariant} {
		c[f] = ""
	}
	return true
}

// finishKeycloak names the family, and for argon2 the parameters as ours are
// called: N the memory, R the passes. A type and a version that are not the usual
// ones are the variant.
func finishKeycloak(c *cells) {
	version := c[fieldMemCost]
	c[fieldMemCost] = ""
	if c[fieldHash] == "" {
		for _, f := range []field{fieldAlgorithm, fieldSalt, fieldN, fieldR, fieldP, fieldVariant} {
			c[f] = ""
		}
		return
	}
	switch algorithm := c[fieldAlgorithm]; {
	case plainClaim(c):
	case algorithm == "argon2":
		c[fieldN], c[fieldR] = c[fieldR], c[fieldN]
		c[fieldAlgorithm] = string(forms.KeycloakArgon2)
		c[fieldVariant] = strings.TrimSpace(c[fieldVariant] + " " + version)
	case strings.HasPrefix(algorithm, "pbkdf2"):
		c[fieldAlgorithm], c[fieldVariant] = string(forms.KeycloakPBKDF2), algorithm
		c[fieldR], c[fieldP] = "", ""
	}
}

// finishAuth0 names the salted digests. Who has no id of Auth0 yet is known by the
// address.
func finishAuth0(c *cells) {
	c[fieldID] = cmp.Or(c[fieldID], strings.ToLower(c[fieldEmail]))
	suffix := c[fieldVariant] == "suffix"
	c[fieldVariant] = ""
	if plainClaim(c) || c[fieldSalt] == "" {
		return
	}
	if name, ok := forms.Named(c[fieldAlgorithm]); ok && (name.Algorithm == identity.MD5 || name.Algorithm == identity.SHA) {
		c[fieldAlgorithm] = "salted-" + c[fieldAlgorithm]
		c[fieldVariant] = "salt+password"
		if suffix {
			c[fieldVariant] = "password+salt"
		}
	}
}

// finishMeteor says of a bcrypt text that it stands over the SHA-256 of the password.
func finishMeteor(c *cells) {
	c[fieldHash], _ = forms.OverSHA256(c[fieldHash])
}

// wholeSeconds is Unix time without its fraction; any other text stays.
func wholeSeconds(s string) string {
	if whole, rest, ok := strings.Cut(s, "."); ok && strings.Trim(whole+rest, "0123456789") == "" {
		return whole
	}
	return s
}
