package postgres

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// passing reports whether an error may be gone at the next try: the connection was
// lost, the server is starting, stopping or full, rows or the table were locked
// for too long, or two transactions waited for each other.
//
// The driver tries several ways to a server, each address of a name with and without
// TLS where sslmode=prefer, and joins what became of each. One that may pass is
// enough.
func passing(err error) bool {
	if _, commit := errors.AsType[unsure](err); commit || sameMoment(err) {
		return true
	}
	return passes(telling(err))
}

// telling is the attempt that decides what becomes of an error: the first that may
// pass, or else the first that a server has answered, or else the first of all.
func telling(err error) error {
	ways := attempts(err)
	for _, tells := range []func(error) bool{passes, func(err error) bool { return state(err) != "" }} {
		for _, way := range ways {
			if tells(way) {
				return way
			}
		}
	}
	return ways[0]
}

// attempts are the errors of all ways that were tried to connect; any other error is
// one itself.
func attempts(err error) []error {
	connecting, ok := errors.AsType[*pgconn.ConnectError](err)
	if !ok {
		return []error{err}
	}
	for e := error(connecting); e != nil; e = errors.Unwrap(e) {
		if several, joined := e.(interface{ Unwrap() []error }); joined {
			return several.Unwrap()
		}
	}
	return []error{err}
}

// passes is passing of one attempt.
func passes(err error) bool {
	code := state(err)
	switch {
	case lasting(err):
		return false
	case code == "", strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57P"):
		return true
	}
	switch code {
	case "40001", "40P01", "55P03", "57014", "53000", "53200", "53300", "25P03":
		return true
	}
	return false
}

// lasting reports whether an error is a doubt of ours, or a failure to connect that
// no waiting mends.
func lasting(err error) bool {
	_, ours := errors.AsType[*doubt](err)
	return ours || untrusted(err) || unknownHost(err) || errors.Is(err, errNoTLS)
}

func untrusted(err error) bool {
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	_, verify := errors.AsType[*tls.CertificateVerificationError](err)
	return authority || host || invalid || verify
}

// unknownHost reports whether the name of a host was looked up, and the answer was
// that there is no such name. A look-up that failed itself may do better later.
func unknownHost(err error) bool {
	e, ok := errors.AsType[*net.DNSError](err)
	return ok && e.IsNotFound && !e.IsTemporary && !e.IsTimeout
}
