package verifiers

import (
	"crypto/md5"
	"crypto/sha512"
	"hash"

	"rehome/identity/forms"
)

// phpassRecipe: d = MD5(salt password), then 2^n times d = MD5(d password). The
// digests are compared as they are written.
func phpassRecipe(f *forms.PHPass) recipe {
	return quick([]byte(f.Digest), 1<<f.Log2, func(password []byte) []byte { return portable(f, md5.New, password) })
}

// drupalMaxPassword is the longest password Drupal takes: a longer one never
// matches (DRUPAL_MAX_PASSWORD_LENGTH in drupal 7, includes/password.inc).
const drupalMaxPassword = 512

// drupalRecipe is the same with SHA-512, of whose digest only the beginning is kept.
func drupalRecipe(f *forms.Drupal7Form) recipe {
	return quick([]byte(f.Digest), 1<<f.Log2, func(password []byte) []byte {
		if len(password) > drupalMaxPassword {
			return nil
		}
		if f.Updated {
			password = hexSum(md5.New, password)
		}
		return portable(&f.PHPass, sha512.New, password)
	})
}

func portable(f *forms.PHPass, digest func() hash.Hash, password []byte) []byte {
	last := sum(digest, []byte(f.Salt), password)
	d := digest()
	for range uint64(1) << f.Log2 {
		d.Reset()
		d.Write(last)
		d.Write(password)
		last = d.Sum(last[:0])
	}
	return forms.EncodeCrypt64(last)[:len(f.Digest)]
}
