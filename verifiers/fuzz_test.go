package verifiers_test

import (
	"strings"
	"testing"

	"rehome/identity"
	"rehome/identity/forms"
	"rehome/verifiers"
)

// Each family of parsers has a target, so that an hour of fuzzing is an hour for
// it; all of them try the same things.

func FuzzDigest(f *testing.F) {
	fuzzTags(f, "md5", "sha", "double-md5", "nthash", "mysql41", "mysql323", "postgres-md5", "postgres-scram", "joomla-md5", "magento", "spring",
		"salted-md5", "salted-sha1", "salted-sha256", "salted-sha384", "salted-sha512",
		"hmac-md5", "hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512")
}

func FuzzBcrypt(f *testing.F) {
	fuzzTags(f, "bcrypt", "wp-bcrypt", "django-bcrypt", "django-bcrypt-sha256", "passlib-bcrypt-sha256", "fusionauth-bcrypt", "woltlab")
}

func FuzzArgon2(f *testing.F) {
	fuzzTags(f, "argon2", "django-argon2", "ldap-argon2", "keycloak-argon2")
}

func FuzzPHPass(f *testing.F) { fuzzTags(f, "phpass", "drupal7") }

func FuzzScrypt(f *testing.F) {
	fuzzTags(f, "scrypt", "scrypt-crypt7", "django-scrypt", "werkzeug-scrypt", "passlib-scrypt", "kratos-scrypt", "adonis-scrypt", "better-auth-scrypt")
}

func FuzzFirebase(f *testing.F) { fuzzTags(f, "scrypt-firebase") }

func FuzzCrypt(f *testing.F) {
	fuzzTags(f, "md5-crypt", "apr1", "sha256-crypt", "sha512-crypt", "des-crypt", "bsdi-crypt", "sunmd5", "kratos-crypt", "ldap-crypt")
}

func FuzzYescrypt(f *testing.F) { fuzzTags(f, "yescrypt", "gost-yescrypt") }

func FuzzPBKDF2(f *testing.F) {
	fuzzTags(f, "pbkdf2-raw", "keycloak-pbkdf2", "aspnet-identity-v3", "aspnet-identity-v2", "django-pbkdf2-sha256", "django-pbkdf2-sha512", "django-pbkdf2-sha1", "werkzeug-pbkdf2",
		"passlib-pbkdf2-sha1", "passlib-pbkdf2-sha256", "passlib-pbkdf2-sha512", "kratos-pbkdf2",
		"ldap-pbkdf2-sha1", "ldap-pbkdf2-sha256", "ldap-pbkdf2-sha512")
}

func FuzzTexts(f *testing.F) {
	fuzzTags(f, "kratos-digest", "kratos-hmac", "django-md5", "django-sha1", "django-unsalted-md5", "django-unsalted-sha1",
		"ldap-sha", "ldap-sha256", "ldap-sha384", "ldap-sha512", "ldap-md5", "ldap-ssha", "ldap-ssha256", "ldap-ssha384", "ldap-ssha512", "ldap-smd5")
}

// fuzzTags seeds a target with the vectors and forms of its tags. What is cheap
// is computed; what is dear must be within the bounds.
func fuzzTags(f *testing.F, tags ...string) {
	all := " " + strings.Join(tags, " ") + " "
	seed := func(h identity.Hash, password string) {
		if strings.Contains(all, " "+string(h.Algorithm)+" ") {
			p := h.Params
			f.Add(string(h.Algorithm), string(h.Encoded), password, string(p.Salt), string(p.SaltSeparator), string(p.SignerKey), p.Variant, p.N, p.R, p.P, p.KeyLen)
		}
	}
	for _, v := range readVectors(f, "vectors.jsonl") {
		seed(v.hash(), v.password(f))
	}
	for _, v := range others {
		seed(v.hash())
	}
	f.Fuzz(func(t *testing.T, tag, encoded, password, salt, separator, key, variant string, n, r, p, length int) {
		if !strings.Contains(all, " "+tag+" ") {
			return
		}
		h := identity.Hash{Algorithm: identity.Algorithm(tag), Encoded: identity.Secret(encoded), Params: identity.Params{
			Salt: identity.Secret(salt), SaltSeparator: identity.Secret(separator), SignerKey: identity.Secret(key),
			Variant: variant, N: n, R: r, P: p, KeyLen: length,
		}}
		tryHash(t, h, password)
	})
}

// tryHash holds what is true of every hash.
func tryHash(t *testing.T, h identity.Hash, password string) {
	problem := verifiers.Check(h)
	if problem != nil {
		if ok, err := verifiers.Verify(h, password); ok || (err == nil) != (problem.Code == identity.HashMalformed) {
			t.Errorf("refused (%s), and verify says %t, %v", problem.Code, ok, err)
		}
		return
	}
	memory, work := verifiers.Cost(h)
	if memory > verifiers.MaxMemory || work > verifiers.MaxWork {
		t.Errorf("accepted with %d bytes and %d blocks", memory, work)
	}
	if work == 0 {
		t.Error("accepted, and costs nothing")
	}
	if memory > 4<<20 || work > 1<<14 || len(password) > 200 {
		return
	}
	before := allocated()
	if _, err := verifiers.Verify(h, password); err != nil {
		t.Errorf("passed the check, but: %v", err)
	}
	if n := allocated() - before; n > memory+8<<20 {
		t.Errorf("%d bytes allocated, %d announced", n, memory)
	}
}

func FuzzIdentify(f *testing.F) {
	for _, v := range readVectors(f, "vectors.jsonl") {
		f.Add(v.Hash)
	}
	for _, v := range others {
		f.Add(v.encoded)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found := forms.Identify(text)
		if len(found) == 0 {
			t.Fatal("no candidate, not even a plain password")
		}
		for _, c := range found {
			if c.Certain && len(found) > 1 {
				t.Errorf("%s is certain among %d", c.Algorithm, len(found))
			}
			if !c.Certain && c.Note == "" {
				t.Errorf("%s is uncertain without a word", c.Algorithm)
			}
			if c.Certain && c.Algorithm != identity.None {
				p := verifiers.Check(identity.Hash{Algorithm: c.Algorithm, Encoded: identity.Secret(text)})
				if p != nil && p.Code == identity.HashMalformed {
					t.Errorf("%s is certain, and its verifier says: %s", c.Algorithm, p.Detail)
				}
			}
		}
	})
}

// FuzzSpellings: the first is always the password as typed, and none comes twice.
func FuzzSpellings(f *testing.F) {
	f.Add(" it's ", "wordpress", "phpass")
	f.Add("\ufb01sh", "", "better-auth-scrypt")
	f.Fuzz(func(t *testing.T, password, variant, tag string) {
		h := identity.Hash{Algorithm: identity.Algorithm(tag), Params: identity.Params{Variant: variant}}
		all := verifiers.Spellings(h, password)
		if len(all) == 0 || all[0] != password || len(all) > 4 {
			t.Fatalf("%q", all)
		}
		for i, s := range all {
			for _, other := range all[:i] {
				if s == other {
					t.Errorf("%q comes twice", s)
				}
			}
		}
	})
}
