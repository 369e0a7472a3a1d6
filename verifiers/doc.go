// Package verifiers answers two questions about a password hash: is it well
// formed, and did this password make it?
//
// It speaks for the program that made the hash. Whether a target can take the
// hash, and in which spelling, is the target's matter (see the judge of each
// sink): an upper-case MD5 is a right MD5 here, although Appwrite would never
// match it.
//
// Package identity/forms takes the text of a hash apart. Here each kind of form has
// a recipe: the stored digest, and the function that makes such a digest from a
// password. A recipe is cheap and made for every record; it is followed only for
// passwords somebody knows.
//
//	identity.Form ──▶ recipe{want, derive, memory, work} ──derive(password)──▶ equal to want?
//	              └─▶ *identity.Problem
//
// What the package refuses to do: guess the algorithm of a tagged hash, repair
// or re-encode a hash, compute anything whose cost was not bounded first, and
// put a hash, salt, key or password into an error.
//
// All families are computed, yescrypt and GOST included. Not computed are argon2
// hashes made with a secret key, yescrypt with a ROM or of an old flavour, and
// whatever is over the bounds of cost.go. Check says so.
//
// Passwords are bytes. Nothing trims or normalises them, but where the source's
// own program does ($wp$2y$, see wordpress.go). All digests of a family are
// byte-exact: a NUL in a password counts. C programs, and PHP's crypt among
// them, stop at a NUL for bcrypt and the crypt(3) families; a password that
// holds one is right here only if it was hashed whole.
//
// Params, where the text does not say everything by itself:
//
//	sha                   Variant: the digest, sha1 sha224 sha256 sha384 sha512 sha512/224 sha512/256 sha3-224 sha3-256 sha3-384 sha3-512
//	scrypt                N R P Salt; KeyLen, or 0 for the length of the digest; Variant: salt=ENC
//	scrypt-firebase       N R Salt SaltSeparator SignerKey, in base64 of either alphabet; nothing in the dialects that hold them
//	pbkdf2-raw            N iterations, Salt; KeyLen or 0; Variant: the digest, salt=ENC
//	keycloak-pbkdf2       N hashIterations, Salt in base64; Variant: the algorithm as Keycloak names it
//	keycloak-argon2       N memory in KiB, R hashIterations, P parallelism, Salt in base64; Variant: type and version where not id 1.3
//	fusionauth-bcrypt     N factor, Salt
//	werkzeug-pbkdf2       N iterations, only where the text has none
//	salted-md5 …          Salt, unless it stands in the text (digest:salt, word$salt$digest); Variant: what is digested, such as salt+password or
//	                      md5(password)+salt (see expression), salt=ENC
//	hmac-sha256 …         SignerKey; Variant: key=ENC, what is digested as above; key=salt, when Salt is the key; or key=password, when the password is the
//	                      key and Salt the message
//	prehashed             Variant: what was hashed instead of the password, as above; Salt if that has one
//	postgres-md5          Salt: the name of the role
//
// Variant is a list of words separated by spaces; ENC is text (what holds when
// nothing is said), hex, base64 or base64url. The word "wordpress" may be among
// them for every family: it says that the source is WordPress, which Spellings
// asks, and so does password=latin1 (trimmed, slashed, …), which says in which
// spelling the source hashed passwords. An unknown word is a problem, except
// where the family takes none at all.
//
// Solve goes the other way: from a password that is known to be right to the tag
// and the words.
package verifiers
