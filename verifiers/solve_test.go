package verifiers_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/scrypt"

	"rehome/identity"
	"rehome/verifiers"
)

// The hashes of these tests are made here, by the standard library alone.

var digestsByName = map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}

func made(digest string, parts ...string) []byte {
	d := digestsByName[digest]()
	for _, p := range parts {
		d.Write([]byte(p))
	}
	return d.Sum(nil)
}

func madeHex(digest string, parts ...string) string {
	return hex.EncodeToString(made(digest, parts...))
}

func madeHMAC(digest, key, message string) string {
	m := hmac.New(digestsByName[digest], []byte(key))
	m.Write([]byte(message))
	return hex.EncodeToString(m.Sum(nil))
}

func utf16le(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func iso8859(s string) string {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

// solved asks and checks that the recipe makes the hash of the password.
func solved(t *testing.T, q verifiers.Question) verifiers.Recipe {
	t.Helper()
	recipe, tried, err := verifiers.Solve(t.Context(), q)
	if err != nil {
		t.Fatalf("%v; tried %v", err, tried)
	}
	if !makes(recipe.Hash, q.Password) {
		t.Errorf("the recipe %q does not make the hash", recipe.Name)
	}
	if recipe.Words == "" || recipe.Name == "" || len(tried) == 0 {
		t.Errorf("the recipe says %q, %q; tried %v", recipe.Name, recipe.Words, tried)
	}
	for _, secret := range []identity.Secret{q.Hash.Encoded, q.Hash.Params.Salt, q.Hash.Params.SignerKey, identity.Secret(q.Password)} {
		if s := string(secret); len(s) > 4 && strings.Contains(recipe.Words+recipe.Name, s) {
			t.Errorf("the recipe shows a secret: %q, %q", recipe.Words, recipe.Name)
		}
	}
	return recipe
}

// makes reports whether one of the password's spellings made the hash.
func makes(h identity.Hash, password string) bool {
	return slices.ContainsFunc(verifiers.Spellings(h, password), func(s string) bool {
		ok, err := verifiers.Verify(h, s)
		return ok && err == nil
	})
}

// Salt before and after the password, in every writing of both, for every digest.
func TestSolveSalted(t *testing.T) {
	const password, salt = "correct horse", "\x17\xfe#pepper\x80\x9a salt\xff"
	for digest := range digestsByName {
		for _, order := range []string{"salt+password", "password+salt"} {
			for saltAs, write := range writings {
				bytes := salt
				if saltAs == "raw" {
					bytes = "NaCl & pepper"
				}
				d := made(digest, bytes, password)
				if order == "password+salt" {
					d = made(digest, password, bytes)
				}
				for hashAs, writeHash := range writings {
					if hashAs == "raw" {
						continue // bytes are no text
					}
					h := identity.Hash{Encoded: identity.Secret(writeHash(string(d))), Params: identity.Params{Salt: identity.Secret(write(bytes))}}
					got := solved(t, verifiers.Question{Hash: h, Password: password})
					want := "salted-" + digest + " " + order
					if saltAs != "raw" {
						want += " salt=" + saltAs
					}
					if got.Name != want {
						t.Errorf("%s, salt in %s, hash in %s: found %q", want, saltAs, hashAs, got.Name)
					}
				}
			}
		}
	}
}

var writings = map[string]func(string) string{
	"raw":       func(s string) string { return s },
	"hex":       func(s string) string { return hex.EncodeToString([]byte(s)) },
	"base64":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64url": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
}

const signer = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="

// firebaseHash is Firebase's scrypt after its README.
func firebaseHash(password string, rounds, memCost int) string {
	salt, _ := base64.StdEncoding.DecodeString("42xEC+ixf3L2lw==")
	key, _ := base64.StdEncoding.DecodeString(signer)
	dk, err := scrypt.Key([]byte(password), append(salt, 7), 1<<memCost, rounds, 1, 64)
	if err != nil {
		panic(err)
	}
	block, err := aes.NewCipher(dk[:32])
	if err != nil {
		panic(err)
	}
	out := make([]byte, len(key))
	cipher.NewCTR(block, make([]byte, 16)).XORKeyStream(out, key)
	return base64.StdEncoding.EncodeToString(out)
}

func derived(digest, password, salt string, n, size int) string {
	key, err := pbkdf2.Key(digestsByName[digest], password, []byte(salt), n, size)
	if err != nil {
		panic(err)
	}
	return hex.EncodeToString(key)
}

func scrypted(password, salt string, n, r, p int) string {
	key, err := scrypt.Key([]byte(password), []byte(salt), n, r, p, 64)
	if err != nil {
		panic(err)
	}
	return hex.EncodeToString(key)
}

func bcrypted(password string) string {
	h, err := bcrypt.GenerateFromPassword([]byte(password), 4)
	if err != nil {
		panic(err)
	}
	return string(h)
}

// Everything else that people get wrong.
func TestSolve(t *testing.T) {
	const pw, salt, odd = "Correct-Horse_9", "Na+Cl/42", "Zoë's Pässwort\\ "
	hexSalt := hex.EncodeToString([]byte(salt))
	base64Salt := base64.StdEncoding.EncodeToString([]byte(salt))
	firebase := func(encoded, separator, key string, rounds, memCost int) identity.Hash {
		return identity.Hash{Algorithm: "scrypt-firebase", Encoded: identity.Secret(encoded), Params: identity.Params{
			Salt: "42xEC+ixf3L2lw==", SaltSeparator: identity.Secret(separator), SignerKey: identity.Secret(key), N: 1 << memCost, R: rounds, P: 1,
		}}
	}
	fire := firebaseHash(pw, 8, 14)
	urlKey := strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(signer)
	binaryKey, _ := base64.StdEncoding.DecodeString(signer)
	for _, c := range []struct {
		name, password, encoded string
		params                  identity.Params
		tag                     identity.Algorithm
		want                    string // the recipe's name
	}{
		{"as it is", pw, madeHex("md5", pw), identity.Params{}, "md5", "md5"},
		{"md5 said to be nthash", pw, madeHex("md5", pw), identity.Params{}, "nthash", "md5"},
		{"sha256 unnamed", pw, madeHex("sha256", pw), identity.Params{}, "", "sha256"},
		{"sha512 in base64url", pw, base64.RawURLEncoding.EncodeToString(made("sha512", pw)), identity.Params{}, "", "sha512"},
		{"upper-case digits", pw, strings.ToUpper(madeHex("sha1", salt, pw)), identity.Params{Salt: salt}, "sha", "salted-sha1 salt+password"},
		{"digits marked by Postgres", pw, `\x` + madeHex("sha1", pw), identity.Params{}, "", "sha1"},
		{"a salt that is not used", pw, madeHex("sha1", pw), identity.Params{Salt: salt}, "salted-sha1", "sha1 salt=none"},
		{"double md5", pw, madeHex("md5", madeHex("md5", pw)), identity.Params{}, "md5", "double-md5"},
		{"sha1 of md5", pw, madeHex("sha1", madeHex("md5", pw)), identity.Params{}, "", "salted-sha1 md5(password)"},
		{"three times sha256", pw, madeHex("sha256", madeHex("sha256", madeHex("sha256", pw))), identity.Params{}, "", "salted-sha256 sha256(sha256(password))"},
		{"md5 of raw sha1", pw, madeHex("md5", string(made("sha1", pw))), identity.Params{}, "", "salted-md5 unhex(sha1(password))"},
		{"md5 of upper-case md5", pw, madeHex("md5", strings.ToUpper(madeHex("md5", pw))), identity.Params{}, "", "salted-md5 upper(md5(password))"},
		{"vBulletin", pw, madeHex("md5", madeHex("md5", pw), salt), identity.Params{Salt: salt}, "", "salted-md5 md5(password)+salt"},
		{"MyBB", pw, madeHex("md5", madeHex("md5", salt), madeHex("md5", pw)), identity.Params{Salt: salt}, "", "salted-md5 md5(salt)+md5(password)"},
		{"WoltLab", pw, madeHex("sha1", salt, madeHex("sha1", salt, madeHex("sha1", pw))), identity.Params{Salt: salt}, "", "salted-sha1 salt+sha1(salt+sha1(password))"},
		{"Spring", pw, madeHex("sha256", pw, "{", salt, "}"), identity.Params{Salt: salt}, "", `salted-sha256 password+"{"+salt+"}"`},
		{"MediaWiki", pw, madeHex("md5", salt, "-", madeHex("md5", pw)), identity.Params{Salt: salt}, "", `salted-md5 salt+"-"+md5(password)`},
		{"both sides", pw, madeHex("sha512", salt, pw, salt), identity.Params{Salt: salt}, "", "salted-sha512 salt+password+salt"},
		{"salt in the text", pw, madeHex("md5", salt, pw) + ":" + salt, identity.Params{}, "joomla-md5", "salted-md5 salt+password"},
		{"hash and salt exchanged", pw, salt, identity.Params{Salt: identity.Secret(madeHex("sha1", pw, salt))}, "", "salted-sha1 password+salt"},
		{"another salt", pw, madeHex("sha1", "ann@example.com", pw), identity.Params{}, "", "salted-sha1 lower(salt)+password"},
		{"HMAC keyed with the salt", pw, madeHMAC("sha256", salt, pw), identity.Params{Salt: salt}, "", "hmac-sha256 key=salt"},
		{"HMAC keyed with the password", pw, madeHMAC("sha1", pw, salt), identity.Params{Salt: identity.Secret(hexSalt)}, "", "hmac-sha1 key=password salt=hex"},
		{"HMAC keyed with a key", pw, madeHMAC("sha512", "pepper", salt+pw), identity.Params{Salt: salt, SignerKey: "706570706572"}, "", "hmac-sha512 salt+password key=hex"},
		{"old Werkzeug", pw, "sha1$" + salt + "$" + madeHMAC("sha1", salt, pw), identity.Params{}, "django-sha1", "hmac-sha1 key=salt"},
		{"UTF-16", pw, madeHex("sha256", utf16le(pw)), identity.Params{}, "", "salted-sha256 utf16le(password)"},
		{"ASP.NET membership", pw, base64.StdEncoding.EncodeToString(made("sha1", salt, utf16le(pw))), identity.Params{Salt: identity.Secret(base64Salt)}, "", "salted-sha1 salt+utf16le(password) salt=base64"},
		{"upper-case password", pw, madeHex("md5", strings.ToUpper(pw)), identity.Params{}, "md5", "salted-md5 upper(password)"},
		{"Latin-1", odd, madeHex("md5", iso8859(odd)), identity.Params{}, "md5", "md5 password=latin1"},
		{"Latin-1 with salt", odd, madeHex("sha256", salt, iso8859(odd)), identity.Params{Salt: salt}, "", "salted-sha256 salt+password password=latin1"},
		{"trimmed", odd, madeHex("sha1", strings.TrimSpace(odd)), identity.Params{}, "", "sha1 password=trimmed"},
		{"slashed", odd, madeHex("md5", `Zoë\'s Pässwort\\ `), identity.Params{}, "md5", "md5 password=slashed"},
		{"bcrypt of Latin-1", odd, bcrypted(iso8859(odd)), identity.Params{}, "bcrypt", "bcrypt password=latin1"},
		{"bcrypt of md5", pw, bcrypted(madeHex("md5", pw)), identity.Params{}, "bcrypt", "prehashed md5(password)"},
		{"bcrypt of sha512 in base64", pw, bcrypted(base64.StdEncoding.EncodeToString(made("sha512", pw))[:72]), identity.Params{}, "bcrypt", "prehashed base64(unhex(sha512(password)))"},
		{"PBKDF2, other digest", pw, derived("sha512", pw, salt, 1000, 32), identity.Params{Salt: salt, N: 1000, Variant: "sha256"}, "pbkdf2-raw", "pbkdf2-raw sha512"},
		{"PBKDF2, other iterations", pw, derived("sha256", pw, salt, 29000, 32), identity.Params{Salt: identity.Secret(base64Salt), N: 1000, Variant: "sha256 salt=base64"}, "pbkdf2-raw", "pbkdf2-raw sha256 salt=base64 n=29000"},
		{"PBKDF2, unusual iterations, long key", pw, derived("sha1", pw, salt, 1234, 48), identity.Params{Salt: identity.Secret(hexSalt)}, "", "pbkdf2-raw sha1 salt=hex n=1234"},
		{"PBKDF2, wrong length", pw, derived("sha256", pw, salt, 100, 32), identity.Params{Salt: salt, N: 100, KeyLen: 64, Variant: "sha256"}, "pbkdf2-raw", "pbkdf2-raw sha256 key_length=0"},
		{"scrypt, N as its logarithm", pw, scrypted(pw, salt, 2048, 8, 1), identity.Params{Salt: salt, N: 11, R: 8, P: 1}, "scrypt", "scrypt n=2^n"},
		{"scrypt, N and r exchanged", pw, scrypted(pw, salt, 1024, 8, 1), identity.Params{Salt: salt, N: 8, R: 1024, P: 1}, "scrypt", "scrypt n=r r=n"},
		{"scrypt, r and p exchanged", pw, scrypted(pw, salt, 1024, 8, 2), identity.Params{Salt: salt, N: 1024, R: 2, P: 8}, "scrypt", "scrypt r=p p=r"},
		{"scrypt, salt in hex", pw, scrypted(pw, salt, 1024, 8, 1), identity.Params{Salt: identity.Secret(hexSalt), N: 1024, R: 8, P: 1}, "scrypt", "scrypt salt=hex"},
		{"scrypt, nothing said", pw, scrypted(pw, salt, 4096, 8, 1), identity.Params{Salt: salt}, "", "scrypt n=4096 r=8 p=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := verifiers.Question{Hash: identity.Hash{Algorithm: c.tag, Encoded: identity.Secret(c.encoded), Params: c.params}, Password: c.password}
			if c.name == "another salt" {
				q.Salts = []identity.Secret{"17", "Ann@Example.com", "Ann"}
			}
			if got := solved(t, q); got.Name != c.want {
				t.Errorf("found %q (%s), want %q", got.Name, got.Words, c.want)
			}
		})
	}
	for _, c := range []struct {
		name string
		h    identity.Hash
		says string
	}{
		{"as it is", firebase(fire, "Bw==", signer, 8, 14), "Firebase's scrypt with rounds 8 and mem_cost 14"},
		{"key in base64url", firebase(fire, "Bw==", urlKey, 8, 14), "Firebase's scrypt with rounds 8 and mem_cost 14"},
		{"rounds and mem_cost exchanged", firebase(fire, "Bw==", signer, 14, 8), "Firebase's scrypt with rounds 8 and mem_cost 14, which were in each other's place"},
		{"separator missing", firebase(fire, "", signer, 8, 14), "Firebase's scrypt with rounds 8 and mem_cost 14; the usual salt separator, which was missing"},
		{"separator and key exchanged", firebase(fire, signer, "Bw==", 8, 14), "Firebase's scrypt with rounds 8 and mem_cost 14; signer key and salt separator in each other's place"},
		{"key in hex", firebase(fire, "Bw==", hex.EncodeToString(binaryKey), 8, 14), "Firebase's scrypt with rounds 8 and mem_cost 14; the signer key written in base64"},
		{"both exchanged", firebase(firebaseHash(pw, 3, 5), signer, "Bw==", 5, 3), "Firebase's scrypt with rounds 3 and mem_cost 5, which were in each other's place; signer key and salt separator in each other's place"},
		{"other numbers", firebase(firebaseHash(pw, 2, 7), "Bw==", signer, 8, 14), "Firebase's scrypt with rounds 2 and mem_cost 7"},
	} {
		t.Run("Firebase, "+c.name, func(t *testing.T) {
			got := solved(t, verifiers.Question{Hash: c.h, Password: pw})
			p := got.Hash.Params
			key, err := base64.RawURLEncoding.DecodeString(strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(string(p.SignerKey)))
			if got.Words != c.says || err != nil || string(key) != string(binaryKey) || p.SaltSeparator != "Bw==" {
				t.Errorf("found %q (%s)", got.Words, got.Name)
			}
		})
	}
}

// What fits nothing is told with what was tried; the search ends when its time or
// its work does.
func TestSolveNothing(t *testing.T) {
	h := identity.Hash{Encoded: identity.Secret(madeHex("sha256", "something else")), Params: identity.Params{Salt: "Na+Cl/42", N: 1000}}
	_, tried, err := verifiers.Solve(t.Context(), verifiers.Question{Hash: h, Password: "Correct-Horse_9", Work: 1 << 23})
	if !errors.Is(err, verifiers.ErrUnsolved) {
		t.Fatalf("the search says %v", err)
	}
	said := map[string]int{}
	for _, k := range tried {
		said[k.What] = k.Count
	}
	if len(tried) < 5 || said["digests of the password and a salt"] < 1000 || said["settings of PBKDF2, each with every number of iterations up to 1,500,000"] < 1 {
		t.Errorf("tried %v", tried)
	}

	cause := errors.New("enough")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, cause)
	defer cancel()
	dear := identity.Hash{Encoded: h.Encoded, Params: identity.Params{Salt: "Na+Cl/42", N: 16384, R: 8, P: 1}}
	if _, _, err := verifiers.Solve(ctx, verifiers.Question{Hash: dear, Password: "Correct-Horse_9"}); !errors.Is(err, cause) {
		t.Errorf("a search whose time is over says %v", err)
	}
}

// Progress grows up to its total, and is told by one goroutine at a time.
func TestSolveProgress(t *testing.T) {
	h := identity.Hash{Encoded: identity.Secret(madeHex("md5", "something else")), Params: identity.Params{Salt: "Na+Cl/42", N: 1024, R: 8, P: 1}}
	last, of := 0, 0
	_, _, err := verifiers.Solve(t.Context(), verifiers.Question{Hash: h, Password: "Correct-Horse_9", Work: 1 << 21, Progress: func(done, total int) {
		if done < last || done > total || of != 0 && of != total {
			t.Errorf("%d of %d after %d of %d", done, total, last, of)
		}
		last, of = done, total
	}})
	if !errors.Is(err, verifiers.ErrUnsolved) || last == 0 || last < of-1 {
		t.Errorf("%v after %d of %d", err, last, of)
	}
}

// A question with texts of any size and kind is answered without a panic, and an
// answer is true.
func FuzzSolve(f *testing.F) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // the fuzzer wants the same input to take the same ways
	f.Add("md5", madeHex("md5", "pw"), "NaCl", "", "", "a@b.c", "pw", 0, 0, 0)
	f.Add("scrypt-firebase", "lSrfV15cpx8=", "42xE", "Bw==", "Bw==", "", "pw", 16, 1, 1)
	f.Add("joomla-md5", madeHex("md5", "NaCl", "pw")+":NaCl", "", "", "", "", "pw", 0, 0, 0)
	f.Add("bcrypt", "$2a$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "", "", "", "", "U*U", -1, 1<<40, 3)
	f.Fuzz(func(t *testing.T, tag, encoded, salt, separator, key, other, password string, n, r, p int) {
		if len(password) > 64 || len(encoded)+len(salt)+len(key) > 1024 {
			return
		}
		q := verifiers.Question{
			Hash: identity.Hash{Algorithm: identity.Algorithm(tag), Encoded: identity.Secret(encoded), Params: identity.Params{
				Salt: identity.Secret(salt), SaltSeparator: identity.Secret(separator), SignerKey: identity.Secret(key), N: n, R: r, P: p,
			}},
			Password: password, Salts: []identity.Secret{identity.Secret(other)}, Work: 1 << 13,
		}
		recipe, _, err := verifiers.Solve(t.Context(), q)
		if err == nil && !makes(recipe.Hash, password) {
			t.Errorf("%q does not make the hash", recipe.Name)
		}
	})
}
