package identity

// Algorithm is the tag of a password hash. The tags are the same everywhere a
// person meets them: flags, events, the neutral file, the generic Postgres
// layout.
type Algorithm string

// The algorithms a target may verify by itself. The long tail of forms that no
// target takes is listed beside the verifiers that know them.
const (
	None           Algorithm = ""                // no password
	Argon2         Algorithm = "argon2"          // PHC string, argon2i or argon2id
	Bcrypt         Algorithm = "bcrypt"          // MCF string $2a$ $2b$ $2y$ $2x$
	MD5            Algorithm = "md5"             // 32 hex digits, unsalted
	PHPass         Algorithm = "phpass"          // $P$ or $H$, 34 characters
	Scrypt         Algorithm = "scrypt"          // hex digest; Params.Salt is text
	ScryptFirebase Algorithm = "scrypt-firebase" // base64; Params hold the project's settings
	SHA            Algorithm = "sha"             // hex digest, unsalted; Params.Variant names it
	WPBcrypt       Algorithm = "wp-bcrypt"       // $wp$2y$…, WordPress 6.8 and later
)

// Plaintext tags no hash but the password itself, which a source holds in the
// clear. It comes out of a source only when the operator asks for it, and lands
// only where the target hashes it at once.
const Plaintext Algorithm = "plaintext"

// Hash is a password hash exactly as the source stored it: a tag, the stored
// text, and whatever the text does not say by itself. It is comparable with ==
// and is never recomputed or re-encoded on the way through; only a sink may
// spell it anew, where its target demands it.
type Hash struct {
	Algorithm Algorithm
	Encoded   Secret
	Params    Params // zero for self-describing encodings
}

// IsZero reports whether there is no password at all.
func (h Hash) IsZero() bool { return h == Hash{} }

// Params are the settings a hash was made with, where its text does not hold them.
type Params struct {
	Salt, SaltSeparator, SignerKey Secret // as stored

	// N, R, P and KeyLen are scrypt's cost, block size, parallelism and output
	// length in bytes (RFC 7914). N is N itself: for Firebase 2^mem_cost, and R
	// is Firebase's "rounds".
	N, R, P, KeyLen int

	// Variant is a list of words that say what the text does not: the digest
	// ("sha1" … "sha3-512"), an order, how a salt is encoded ("salt=base64"), whose
	// rules hold ("wordpress"). Package verifiers documents the words of each tag.
	Variant string
}

// Form is the text of a hash taken apart. Package identity/forms reads it; who
// makes something of a hash asks which of its types a form is.
type Form interface{ Algorithm() Algorithm }
