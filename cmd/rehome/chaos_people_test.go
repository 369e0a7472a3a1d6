package main

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rehome/identity"
)

// Two hashes of the documented vectors; the others are made where they are used.
const (
	chaosBcrypt = "$2y$08$PDbMtV18J1KOBI9tIYabBuyUwBrtXPGhLxCy9pWP6xkldVOKLrLKy"
	chaosArgon2 = "$argon2id$v=19$m=2048,t=3,p=4$MWc5NWRmc2QxZzU2$41mp7rSgBZ49YxLbbxIac7aRaxfp5/e1G45ckwnK0g8"
)

// chaosUser is the i-th user of the source: with everything that takes a request
// of its own, in all mixtures.
func chaosUser(i int) identity.User {
	u := identity.User{
		ID: fmt.Sprintf("Person%04d", i), Email: fmt.Sprintf("person%d@mail.example.com", i), Name: fmt.Sprintf("Person %d", i),
		EmailVerified: i%2 == 0, Disabled: i%9 == 0, Hash: chaosHash(i),
	}
	if i%4 == 0 {
		u.Phone, u.PhoneVerified = fmt.Sprintf("+1202%07d", i), i%8 == 0
	}
	if i%5 == 0 {
		u.Labels = []string{"staff", fmt.Sprintf("group%d", i%3)}
	}
	if i%6 == 0 {
		u.Attributes = map[string]any{"tier": "gold", "number": float64(i)}
	}
	if i%20 == 8 {
		u.Email, u.EmailVerified, u.Hash = "", false, identity.Hash{}
	}
	return u
}

// chaosHash is cheap for most: nobody signs in here.
func chaosHash(i int) identity.Hash {
	password := fmt.Sprintf("password-%d", i)
	switch {
	case i%50 == 7:
		return identity.Hash{Algorithm: identity.Argon2, Encoded: chaosArgon2}
	case i%10 == 3:
		return identity.Hash{Algorithm: identity.Bcrypt, Encoded: chaosBcrypt}
	case i%10 == 5:
		return identity.Hash{}
	case i%2 == 0:
		sum := md5.Sum([]byte(password))
		return identity.Hash{Algorithm: identity.MD5, Encoded: identity.Secret(hex.EncodeToString(sum[:]))}
	}
	sum := sha256.Sum256([]byte(password))
	return identity.Hash{Algorithm: identity.SHA, Encoded: identity.Secret(hex.EncodeToString(sum[:])), Params: identity.Params{Variant: "sha256"}}
}

// chaosSource is the file of so many users.
func chaosSource(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	for i := range n {
		line, err := identity.EncodeNeutral(chaosUser(i))
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.Bytes()
}

// fate is what must become of a user of the source.
type fate string

const (
	lands    fate = "lands"
	existing fate = "existing"
	rejected fate = "rejected"
)

// residents puts people into the project an hour before the import: strangers, and
// for one user in twelve somebody with the same id, address or number. It answers
// what that means for the users of the source.
func (c *chaos) residents() map[string]fate {
	fates := map[string]fate{}
	c.back.Store(int64(time.Hour))
	defer c.back.Store(0)
	for i := range 5 {
		c.put("", map[string]any{"userId": fmt.Sprintf("stranger%d", i), "email": fmt.Sprintf("stranger%d@mail.example.com", i)})
	}
	for i := range c.size {
		u := chaosUser(i)
		if fates[u.ID] = lands; c.dice.IntN(12) == 0 {
			fates[u.ID] = c.resident(u)
		}
	}
	return fates
}

// resident puts somebody there who is in a user's way, or looks like the user.
func (c *chaos) resident(u identity.User) fate {
	elsewhere := "resident." + strings.ToLower(u.ID) + "@mail.example.com"
	md5Of := func(text string) string { sum := md5.Sum([]byte(text)); return hex.EncodeToString(sum[:]) }
	switch kind := c.dice.IntN(6); {
	case kind == 0:
		c.put("", map[string]any{"userId": u.ID, "email": elsewhere})
		return rejected
	case kind == 1:
		c.put("", map[string]any{"userId": strings.ToUpper(u.ID), "email": elsewhere})
		return rejected
	case kind == 2 && u.Email != "":
		c.put("/md5", map[string]any{"userId": "resident-" + u.ID, "email": u.Email, "password": md5Of("theirs")})
		return rejected
	case kind == 3 && u.Phone != "":
		c.put("", map[string]any{"userId": "resident-" + u.ID, "email": elsewhere, "phone": u.Phone})
		return rejected
	case u.Email != "" && u.Hash.Algorithm == identity.MD5: // an earlier import's, just begun or already whole
		c.put("/md5", map[string]any{"userId": u.ID, "email": u.Email, "name": u.Name, "password": string(u.Hash.Encoded)})
		return existing
	case u.Email != "":
		c.put("/md5", map[string]any{"userId": u.ID, "email": u.Email, "name": "Somebody", "password": md5Of("theirs")})
		return existing
	}
	c.put("", map[string]any{"userId": u.ID, "phone": u.Phone})
	return existing
}

// put makes somebody at the server, past its faults.
func (c *chaos) put(path string, body map[string]any) {
	c.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/v1/users"+path, strings.NewReader(asJSON(c.t, body)))
	r.Header.Set("X-Appwrite-Project", c.server.project)
	r.Header.Set("X-Appwrite-Key", c.server.key)
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	c.server.ServeHTTP(answer, r)
	if answer.Code != http.StatusCreated {
		c.t.Fatalf("%v: %s", body, answer.Body)
	}
}

// faultsOf draws what goes wrong in a round: a tenth of all answers is lost in any
// case.
func faultsOf(dice *rand.Rand) string {
	spec := "lost=10%"
	for _, f := range []struct {
		kind string
		most float64
		wait string
	}{{"reset", 4, ""}, {"half", 4, ""}, {"500", 2, ""}, {"503", 5, ""}, {"429", 4, ""}, {"slow", 3, "@4ms"}} {
		spec += fmt.Sprintf(",%s=%.1f%%%s", f.kind, f.most*dice.Float64(), f.wait)
	}
	return spec
}

// storm is when hardly anything is answered.
const storm = "503=75%,lost=10%,reset=5%"
