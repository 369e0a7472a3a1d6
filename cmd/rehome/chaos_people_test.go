package main

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
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
	lands     fate = "lands"
	elsewhere fate = "lands under a derived id"
	phoneless fate = "lands without the number"
	existing  fate = "existing"
	rejected  fate = "rejected"
)

func (f fate) lands() bool { return f == lands || f == elsewhere || f == phoneless }

// at is the id that a user of the source has at the target.
func (f fate) at(id string) string {
	if f == elsewhere {
		return sink.DerivedID(id)
	}
	return id
}

// of is what the server shows of a user whom nothing disturbed, as the fate has it.
func (f fate) of(t *testing.T, whole string) string {
	t.Helper()
	var u map[string]any
	if err := json.Unmarshal([]byte(whole), &u); err != nil {
		t.Fatal(err)
	}
	targets := u["targets"].([]any)
	switch f {
	case elsewhere:
		u["$id"] = sink.DerivedID(u["$id"].(string))
		for _, target := range targets {
			target.(map[string]any)["userId"] = u["$id"]
		}
	case phoneless:
		u["phone"], u["phoneVerification"] = "", false
		u["targets"] = slices.DeleteFunc(targets, func(target any) bool { return target.(map[string]any)["providerType"] == "sms" })
	}
	return asJSON(t, u)
}

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
	address := "resident." + strings.ToLower(u.ID) + "@mail.example.com"
	md5Of := func(text string) string { sum := md5.Sum([]byte(text)); return hex.EncodeToString(sum[:]) }
	switch kind := c.dice.IntN(6); {
	case kind == 0:
		c.put("", map[string]any{"userId": u.ID, "email": address})
		return rejected
	case kind == 1:
		c.put("", map[string]any{"userId": strings.ToUpper(u.ID), "email": address})
		return elsewhere
	case kind == 2 && u.Email != "":
		c.put("/md5", map[string]any{"userId": "resident-" + u.ID, "email": u.Email, "password": md5Of("theirs")})
		return rejected
	case kind == 3 && u.Phone != "":
		c.put("", map[string]any{"userId": "resident-" + u.ID, "email": address, "phone": u.Phone})
		if u.Email != "" {
			return phoneless
		}
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
	}{{"reset", 4, ""}, {"half", 4, ""}, {"500", 2, ""}, {"503", 5, ""}, {"429", 4, ""}, {"slow", 3, "@4ms"}, {"db", 0.3, "@300ms"}} {
		spec += fmt.Sprintf(",%s=%.2f%%%s", f.kind, f.most*dice.Float64(), f.wait)
	}
	return spec
}

// storm is when hardly anything is answered.
const storm = "503=75%,lost=10%,reset=5%"

// datesOf draws what a proxy makes of the Date of the server's answers: seconds too
// late, seconds too early, or once, somewhere in the round, nonsense.
func datesOf(dice *rand.Rand, size int64) (what string, date func(time.Time) time.Time) {
	switch kind := dice.IntN(4); kind {
	case 0:
		return "right", nil
	case 1:
		return "5 s ahead", func(now time.Time) time.Time { return now.Add(5 * time.Second) }
	case 2:
		return "5 s behind", func(now time.Time) time.Time { return now.Add(-5 * time.Second) }
	}
	most := 4 * size
	if dice.IntN(2) == 0 {
		most = 10 // among the first
	}
	left := atomic.Int64{}
	left.Store(1 + dice.Int64N(most))
	bogus := []time.Time{time.Unix(0, 0), time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)}[dice.IntN(2)]
	return "once " + bogus.UTC().Format(time.RFC3339), func(now time.Time) time.Time {
		if left.Add(-1) == 0 {
			return bogus
		}
		return now
	}
}

// visits has some of those who are there already sign in between two tries: the last
// ones, of whom the kill may have left some half made.
func (c *chaos) visits(fates map[string]fate) {
	c.t.Helper()
	var there []string
	for u := range c.server.All() {
		if hash := u.Algorithm; fates[u.ID] == lands && (hash == "md5" || hash == "sha") {
			there = append(there, u.ID)
		}
	}
	there = there[max(0, len(there)-6):]
	c.dice.Shuffle(len(there), func(i, k int) { there[i], there[k] = there[k], there[i] })
	for _, id := range there[:min(len(there), c.dice.IntN(4))] {
		n := atoi(c.t, strings.TrimPrefix(id, "Person"))
		body := map[string]any{"email": chaosUser(n).Email, "password": fmt.Sprintf("password-%d", n)}
		r := httptest.NewRequest(http.MethodPost, "/v1/account/sessions/email", strings.NewReader(asJSON(c.t, body)))
		r.Header.Set("X-Appwrite-Project", c.server.project)
		r.Header.Set("Content-Type", "application/json")
		c.setFaults("")
		answer := httptest.NewRecorder()
		c.server.ServeHTTP(answer, r)
		c.setFaults(c.faults)
		switch answer.Code {
		case http.StatusCreated:
			c.been[id] = true
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusInternalServerError: // blocked, or without a database
		default:
			c.t.Fatalf("%s signs in: %s", id, answer.Body)
		}
	}
}

// replaced is what a sign-in replaces of a user.
func (c *chaos) replaced(id string) []string {
	if !c.been[id] {
		return nil
	}
	return []string{"password", "hash", "hashOptions", "accessedAt"}
}
