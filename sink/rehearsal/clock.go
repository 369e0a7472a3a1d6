package rehearsal

import (
	"math/rand/v2"
	"time"
)

// now is the server's time in milliseconds, the precision Appwrite keeps.
func (s *Server) now() int64 { return s.cfg.Now().UnixMilli() }

// appendDate prints a time as Appwrite does: 2026-11-21T20:15:36.314+00:00.
func appendDate(b []byte, ms int64) []byte {
	t := time.UnixMilli(ms).UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b = digits(b, year, 4)
	b = digits(append(b, '-'), int(month), 2)
	b = digits(append(b, '-'), day, 2)
	b = digits(append(b, 'T'), hour, 2)
	b = digits(append(b, ':'), minute, 2)
	b = digits(append(b, ':'), second, 2)
	b = digits(append(b, '.'), int(ms%1000), 3)
	return append(b, "+00:00"...)
}

// digits prints n with leading zeros.
func digits(b []byte, n, width int) []byte {
	start := len(b)
	for range width {
		b = append(b, '0')
	}
	for i := len(b) - 1; i >= start; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}

// newUID makes an id as utopia-php/database's ID::unique does: 8 hex digits of
// seconds, 5 of microseconds, 7 at random.
func (s *Server) newUID() string {
	t := s.cfg.Now()
	n := uint64(t.Unix())<<20 | uint64(t.Nanosecond()/1000)
	r := rand.Uint64()
	var b [20]byte
	for i := 12; i >= 0; i-- {
		b[i] = hexDigits[n&15]
		n >>= 4
	}
	for i := 13; i < 20; i++ {
		b[i] = hexDigits[r&15]
		r >>= 4
	}
	return string(b[:])
}
