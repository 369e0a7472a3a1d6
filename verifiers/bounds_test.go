package verifiers_test

import (
	"runtime"
	"testing"

	"rehome/identity"
	"rehome/verifiers"
)

const (
	argonTail   = "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	bcryptTail  = "$6rX8d30EBUQcZ7CAHOc0s.h2WyJF9RncgYiyh6pz1TTFT6DtHVJmW"
	phpassTail  = "VUgpggk9Y9uCJuglua9yHYHZS8tXk0"
	digest32Hex = "14a99ecea36191a0435e0b8fadb3868416cd5f5f5d7c6c313e7e717f54c16b5e"
)

// What is too dear is refused with the bound, by both methods, before anything is
// computed or allocated; what stands just below passes the check.
func TestBounds(t *testing.T) {
	for _, c := range []struct {
		tag       identity.Algorithm
		encoded   string
		params    identity.Params
		permitted bool
	}{
		{"argon2", "$argon2id$v=19$m=4294967295,t=2,p=1" + argonTail, identity.Params{}, false}, // 4 TiB
		{"argon2", "$argon2id$v=19$m=1048576,t=4,p=1" + argonTail, identity.Params{}, true},     // 1 GiB
		{"argon2", "$argon2id$v=19$m=1048576,t=5,p=1" + argonTail, identity.Params{}, false},
		{"argon2", "$argon2id$v=19$m=1200000,t=1,p=1" + argonTail, identity.Params{}, false},
		{"argon2", "$argon2id$v=19$m=64,t=4294967295,p=1" + argonTail, identity.Params{}, false},
		{"argon2", "$argon2id$v=19$m=4096,t=1,p=255" + argonTail, identity.Params{}, true},
		{"argon2", "$argon2id$v=19$m=4096,t=1,p=256" + argonTail, identity.Params{}, false},
		{"argon2", "$argon2d$v=16$m=4294967295,t=4294967295,p=255" + argonTail, identity.Params{}, false},
		{"django-argon2", "argon2$argon2id$v=19$m=4294967295,t=2,p=1" + argonTail, identity.Params{}, false},
		{"ldap-argon2", "{ARGON2}$argon2id$v=19$m=4294967295,t=2,p=1" + argonTail, identity.Params{}, false},
		{"bcrypt", "$2b$16" + bcryptTail, identity.Params{}, true},
		{"bcrypt", "$2b$17" + bcryptTail, identity.Params{}, false},
		{"bcrypt", "$2b$31" + bcryptTail, identity.Params{}, false},
		{"wp-bcrypt", "$wp$2y$31" + bcryptTail, identity.Params{}, false},
		{"phpass", "$P$M" + phpassTail, identity.Params{}, true},
		{"phpass", "$P$N" + phpassTail, identity.Params{}, false},
		{"phpass", "$P$S" + phpassTail, identity.Params{}, false},
		{"drupal7", "$S$SalDvLOXt/CzpFdOYZWFbMdEiFvKFvLvHTw3blyOexgJyzYt.UAL", identity.Params{}, false},
		{"scrypt", digest32Hex, identity.Params{Salt: "s", N: 1 << 20, R: 8, P: 1}, true}, // 1 GiB
		{"scrypt", digest32Hex, identity.Params{Salt: "s", N: 1 << 20, R: 16, P: 1}, false},
		{"scrypt", digest32Hex, identity.Params{Salt: "s", N: 1 << 20, R: 8, P: 2}, false},
		{"scrypt", digest32Hex, identity.Params{Salt: "s", N: 2, R: 1 << 24, P: 1}, false},
		{"scrypt", digest32Hex, identity.Params{Salt: "s", N: 2, R: 1, P: 1 << 29}, false},
		{"scrypt", digest32Hex, identity.Params{Salt: "s", N: 1 << 62, R: 1 << 28, P: 1}, false},
		{"django-scrypt", "scrypt$1073741824$s$8$1$Ls3O8w/umo0F+/Gjzd61dgMdmSWJzIjhv4gOQcT1s98HUtWqLfiwo05/uv6cxclqoromjiGj3MtHAv3DlMmbPg==", identity.Params{}, false},
		{"scrypt-crypt7", "$7$zU..../.....GPBcBXhOm8cJ08AGs4t..$wzbf/J1TzUvPRyAiBjpSaSp2CEc/zQ81cryJwuN/PWD", identity.Params{}, false},
		{"yescrypt", "$y$jQ5$GeRT0N7wX65aI/x3DiDme.$i/DDMZkUy9spD9cjSTkLYl5SapCHyiATNmz6qCJfl22", identity.Params{}, false},
		{"yescrypt", "$y$j9T$GeRT0N7wX65aI/x3DiDme.$i/DDMZkUy9spD9cjSTkLYl5SapCHyiATNmz6qCJfl22", identity.Params{}, true},
		{"pbkdf2-raw", digest32Hex, identity.Params{Salt: "s", N: 8_000_000, Variant: "sha256"}, true},
		{"pbkdf2-raw", digest32Hex, identity.Params{Salt: "s", N: 10_000_000, Variant: "sha256"}, false},
		{"django-pbkdf2-sha256", "pbkdf2_sha256$9999999999$TMWZUBjNADv7$wLM+zPRe5BxT5XqdjbhWsOup2vUbBg/dYPVeoZkRVJo=", identity.Params{}, false},
		{"aspnet-identity-v3", "AQAAAAH/////AAAAEGWYi2OaNgECQySyqVeFBkwROf0Scz266urdNfPwZmDVFP/WMEplQ0ZadyjLImk7VQ==", identity.Params{}, false},
		{"sha512-crypt", "$6$rounds=999999999$abcdefgh$YkapIuKuQf0NVTOzmSXGvrMjik2ApEhXIfFB8S5.icEoowVouXfhJjai6L1ugghlRwSOp3XWkNqxnR/1gRWFD1", identity.Params{}, false},
		{"ldap-crypt", "{CRYPT}$6$rounds=999999999$abcdefgh$YkapIuKuQf0NVTOzmSXGvrMjik2ApEhXIfFB8S5.icEoowVouXfhJjai6L1ugghlRwSOp3XWkNqxnR/1gRWFD1", identity.Params{}, false},
		{"bsdi-crypt", "_zzzznz4mkZPT4aM6ss.", identity.Params{}, false},
		{"sunmd5", "$md5,rounds=4294967295$5YAm4YHP$$KIGoGl1IswH2QlE0Nzbat1", identity.Params{}, false},
		{"keycloak-argon2", "F+0JVR36N+xZv3+KzIuK/w==", identity.Params{Salt: "6GN7+z6dccy/GV+4p/Pa6A==", N: 1 << 31, R: 1 << 20, P: 1}, false},
		{"postgres-scram", "SCRAM-SHA-256$4294967295:AAECAwQFBgcICQoLDA0ODw==$bB+IQP2C3bZmlDOW/CMKgvHgeUqSGORd3a4kRLCuGJo=:YVVUKjA/pzwFg7qDmvueaJLnUuEbCRNdaSgZ292g/r4=", identity.Params{}, false},
	} {
		h := identity.Hash{Algorithm: c.tag, Encoded: identity.Secret(c.encoded), Params: c.params}
		p := verifiers.Check(h)
		if c.permitted {
			if p != nil {
				t.Errorf("%s %s %+v: refused: %s", c.tag, c.encoded, c.params, p.Detail)
			}
			continue
		}
		if p == nil || p.Code != identity.HashCost {
			t.Errorf("%s %s %+v: the check says %v, want %s", c.tag, c.encoded, c.params, p, identity.HashCost)
		}
		before := allocated()
		if ok, err := verifiers.Verify(h, "password"); ok || err == nil {
			t.Errorf("%s %s %+v: verify says %t, %v", c.tag, c.encoded, c.params, ok, err)
		}
		if n := allocated() - before; n > 1<<20 {
			t.Errorf("%s %s %+v: refusing it took %d bytes", c.tag, c.encoded, c.params, n)
		}
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func TestLongTexts(t *testing.T) {
	long := identity.Secret(make([]byte, 1<<20))
	for _, tag := range verifiers.Algorithms() {
		if p := verifiers.Check(identity.Hash{Algorithm: tag, Encoded: long}); p == nil || p.Code != identity.HashMalformed {
			t.Errorf("%s: a hash of a mebibyte: %v", tag, p)
		}
		if p := verifiers.Check(identity.Hash{Algorithm: tag, Encoded: "x", Params: identity.Params{Salt: long}}); p == nil {
			t.Errorf("%s: a salt of a mebibyte is no problem", tag)
		}
	}
	h := identity.Hash{Algorithm: identity.MD5, Encoded: "5f4dcc3b5aa765d61d8327deb882cf99"}
	if _, err := verifiers.Verify(h, string(long)); err == nil {
		t.Error("a password of a mebibyte is digested")
	}
}
