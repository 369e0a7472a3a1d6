package importers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
)

// generated is an export of n accounts as auth:export prints it, about 560
// bytes each: four in five with a password, one in five with a provider.
func generated(n int) []byte {
	var b bytes.Buffer
	b.WriteString("{\"users\": [\n")
	for i := range n {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "{\n  \"localId\": \"user%024d\",\n  \"email\": \"some.person%d@mail.example.com\",\n  \"emailVerified\": %t,\n", i, i, i%2 == 0)
		if i%5 != 0 {
			fmt.Fprintf(&b, "  \"passwordHash\": \"%086d==\",\n  \"salt\": \"F4suhjpDF+YeMA==\",\n", i)
		}
		fmt.Fprintf(&b, "  \"displayName\": \"Zoë Person %d\",\n  \"photoUrl\": \"https://img.example.com/%d=s96-c\",\n  \"lastSignedInAt\": \"1537634094429\",\n  \"createdAt\": \"1513202625429\",\n  \"disabled\": false,\n", i, i)
		if i%14 == 0 {
			b.WriteString("  \"customAttributes\": \"{\\\"tier\\\":\\\"free\\\",\\\"n\\\":50}\",\n")
		}
		b.WriteString("  \"providerUserInfo\": [")
		if i%5 == 0 {
			fmt.Fprintf(&b, "\n    {\n      \"providerId\": \"google.com\",\n      \"rawId\": \"1000000000%d\",\n      \"email\": \"some.person%d@mail.example.com\",\n      \"displayName\": \"Zoë Person %d\",\n      \"photoUrl\": \"https://img.example.com/%d=s96-c\"\n    }\n  ", i, i, i, i)
		}
		b.WriteString("]\n}")
	}
	b.WriteString("\n]}")
	return b.Bytes()
}

func BenchmarkFirebaseJSON(b *testing.B) {
	const users = 100_000
	data := generated(users)
	b.Run("rehome", func(b *testing.B) {
		report(b, users, data, func() int {
			n := 0
			for rec, err := range Firebase(bytes.NewReader(data), "users.json", FirebaseConfig{}) {
				if err != nil || rec.Problem != nil {
					b.Fatal(err, rec.Problem)
				}
				n++
			}
			return n
		})
	})
	b.Run("encoding-json", func(b *testing.B) {
		report(b, users, data, func() int { return decodeWithStandard(b, data) })
	})
}

func report(b *testing.B, users int, data []byte, read func() int) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if n := read(); n != users {
			b.Fatalf("%d users", n)
		}
	}
	b.ReportMetric(float64(users)*float64(b.N)/b.Elapsed().Seconds(), "users/s")
}

// standardUser is what a reader on encoding/json would declare.
type standardUser struct {
	LocalID          string `json:"localId"`
	Email            string `json:"email"`
	EmailVerified    bool   `json:"emailVerified"`
	PasswordHash     string `json:"passwordHash"`
	Salt             string `json:"salt"`
	DisplayName      string `json:"displayName"`
	PhotoURL         string `json:"photoUrl"`
	LastSignedInAt   string `json:"lastSignedInAt"`
	CreatedAt        string `json:"createdAt"`
	PhoneNumber      string `json:"phoneNumber"`
	Disabled         bool   `json:"disabled"`
	CustomAttributes string `json:"customAttributes"`
	ProviderUserInfo []struct {
		ProviderID string `json:"providerId"`
		RawID      string `json:"rawId"`
		Email      string `json:"email"`
	} `json:"providerUserInfo"`
}

func decodeWithStandard(b *testing.B, data []byte) int {
	dec := json.NewDecoder(bytes.NewReader(data))
	for range 3 { // { "users" [
		if _, err := dec.Token(); err != nil {
			b.Fatal(err)
		}
	}
	n := 0
	for ; dec.More(); n++ {
		var u standardUser
		if err := dec.Decode(&u); err != nil {
			b.Fatal(err)
		}
	}
	return n
}

func BenchmarkFirebaseCSV(b *testing.B) {
	const users = 100_000
	var table bytes.Buffer
	for i := range users {
		fmt.Fprintf(&table, "user%024d,some.person%d@mail.example.com,%t,%086d==,F4suhjpDF+YeMA==,Zoë Person %d,https://img.example.com/%d=s96-c,,,,,,,,,,,,,,,,,1513202625429,1537634094429,,false,", i, i, i%2 == 0, i, i, i)
		if i%14 == 0 {
			table.WriteString(`"{""tier"":""free"",""n"":50}"`)
		}
		table.WriteString(",,,,,,,,,,,,,,,,,,,,,,,,,\n")
	}
	report(b, users, table.Bytes(), func() int {
		n := 0
		for rec, err := range Firebase(bytes.NewReader(table.Bytes()), "users.csv", FirebaseConfig{}) {
			if err != nil || rec.Problem != nil {
				b.Fatal(err, rec.Problem)
			}
			n++
		}
		return n
	})
}

func BenchmarkNeutral(b *testing.B) {
	const users = 20_000
	recs, err := drain(b, Firebase(bytes.NewReader(generated(users)), "users.json", FirebaseConfig{}))
	if err != nil {
		b.Fatal(err)
	}
	lines := neutralLines(b, usersOf(recs))
	report(b, users, lines, func() int {
		n := 0
		for rec, err := range Neutral(bytes.NewReader(lines), "users.jsonl") {
			if err != nil || rec.Problem != nil {
				b.Fatal(err, rec.Problem)
			}
			n++
		}
		return n
	})
}
