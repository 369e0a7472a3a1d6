package rehearsal

import (
	"regexp"
	"strconv"
)

// options are the hashOptions of the hashes that bring none: what the hash class
// has by default, whatever the hash itself says.
func (c *call) options(a algorithm) string {
	if !c.rules.newOptions {
		return [...]string{argon2: `{"type":"argon2"}`, bcrypt: `{"type":"bcrypt"}`, md5: `{"type":"md5"}`, phpass: `{"type":"phpass"}`}[a]
	}
	switch a {
	case argon2:
		return c.plainOptions()
	case bcrypt:
		return `{"type":"bcrypt","cost":8}`
	case phpass:
		state := strconv.FormatFloat(float64(c.cfg.Now().UnixMicro())/1e6, 'f', 4, 64) + strconv.Itoa(1+int(c.now()%30000))
		return `{"type":"phpass","iteration_count_log2":8,"portable_hashes":false,"random_state":"` + state + `"}`
	}
	return `{"type":"md5"}`
}

// plainOptions are those of hashes the server makes. In profile 1.5 they claim
// a cost that is not used.
func (s *Server) plainOptions() string {
	if s.rules.newOptions {
		return `{"type":"argon2","memory_cost":65536,"time_cost":4,"threads":3}`
	}
	return `{"type":"argon2","memoryCost":2048,"timeCost":4,"threads":3}`
}

// scryptOptions are those of a scrypt hash, the keys in the profile's order.
func (c *call) scryptOptions(salt string, n, r, p, length int64) string {
	costs := ""
	for _, one := range []struct {
		name string
		n    int64
	}{{"costCpu", n}, {"costMemory", r}, {"costParallel", p}, {"length", length}} {
		costs += `"` + one.name + `":` + strconv.FormatInt(one.n, 10) + ","
	}
	if c.rules.newOptions {
		return pieces(`{"type":"scrypt",`+costs+`"salt":`, salt, `}`)
	}
	return pieces(`{"salt":`, salt, `,`+costs+`"type":"scrypt"}`)
}

// pieces joins JSON in even places with texts in odd ones.
func pieces(parts ...string) string {
	var b []byte
	for i, p := range parts {
		if i%2 == 0 {
			b = append(b, p...)
		} else {
			b = appendText(b, p, false)
		}
	}
	return string(b)
}

var base64Pattern = regexp.MustCompile(`^[A-Za-z0-9+/]+={0,2}$`)

// base64Text is utopia-php/auth's check of scrypt-modified's values: padding is
// optional, the length is not looked at.
func base64Text(s string) bool { return base64Pattern.MatchString(s) }
