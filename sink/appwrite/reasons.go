package appwrite

import (
	"strings"

	"rehome/identity"
	"rehome/identity/forms"
)

// reason says in a sentence why Appwrite can never verify a hash of a form that the
// table has no conversion for.
func reason(form identity.Form) string {
	tag := form.Algorithm()
	switch form.(type) { // the tag may be that of a wrapping
	case *forms.YescryptForm, *forms.Crypt7, *forms.SunMD5Form:
		tag = forms.Yescrypt
	}
	if known := neverBy(tag); known != "" {
		return known
	}
	return "Appwrite has no verifier for a hash of this kind"
}

// orNever is the problem of a hash that cannot be read, unless Appwrite could not
// verify it whole either.
func orNever(a identity.Algorithm, bad *identity.Problem) *identity.Problem {
	if known := neverBy(a); known != "" {
		return problem(identity.HashUnsupported, "%s", known)
	}
	return bad
}

// neverBy says why Appwrite can never verify hashes of a kind; "" where it can verify
// some of them.
func neverBy(a identity.Algorithm) string {
	switch {
	case a == identity.WPBcrypt:
		return "WordPress 6.8 hashes the password with SHA-384 before bcrypt; Appwrite does not, on any endpoint"
	case a == forms.Prehashed, a == forms.WoltLab, strings.HasSuffix(string(a), "-bcrypt-sha256"):
		return "the password was digested before it was hashed; Appwrite hashes it as it is typed, on every endpoint"
	case strings.Contains(string(a), "pbkdf2"), a == forms.AspNetV3, a == forms.AspNetV2, a == forms.PostgresSCRAM:
		return "this is PBKDF2, which no endpoint of Appwrite computes"
	case strings.HasPrefix(string(a), "salted-"):
		return "this digest was made of more than the password as it is typed (a salt, another spelling), and Appwrite digests that alone"
	case salted(a):
		return "this digest is salted, and Appwrite has no field for the salt of a digest"
	case strings.HasPrefix(string(a), "hmac-"), a == forms.KratosHMAC:
		return "an HMAC needs its key, and Appwrite has no field for one"
	}
	return otherReason(a)
}

func salted(a identity.Algorithm) bool {
	switch a {
	case forms.DjangoMD5, forms.DjangoSHA1, forms.JoomlaMD5, forms.PostgresMD5, forms.Spring:
		return true
	}
	return strings.HasPrefix(string(a), "ldap-ssha") || a == forms.LDAPSMD5
}

func otherReason(a identity.Algorithm) string {
	switch a {
	case forms.Apr1:
		return "Apache's variant of MD5-crypt is unknown to PHP's crypt, which stands behind Appwrite's bcrypt endpoint"
	case forms.Yescrypt, forms.GostYescrypt, forms.ScryptCrypt7, forms.SunMD5:
		return "this form of crypt(3) is unknown to PHP's crypt, which stands behind Appwrite's bcrypt endpoint"
	case forms.Drupal7:
		return "Drupal 7 iterates SHA-512 where Appwrite's phpass endpoint iterates MD5"
	case forms.NTHash:
		return "an NT hash is MD4 of the password in UTF-16; no endpoint of Appwrite computes that"
	case forms.MySQL41:
		return "MySQL digests the password twice with SHA-1; Appwrite's sha endpoint does so once"
	case forms.MySQL323:
		return "MySQL's old digest is its own; no endpoint of Appwrite computes it"
	case forms.DoubleMD5:
		return "the password was digested twice with MD5; Appwrite's md5 endpoint does so once"
	}
	return ""
}
