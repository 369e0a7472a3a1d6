package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"rehome/identity"
)

// connectTimeout is how long one attempt to reach a server takes, unless the
// connection string says otherwise.
const connectTimeout = 10 * time.Second

// parseDSN reads a connection string with everything that PG* and the password
// file add. What libpq's driver says of a string that cannot be read may quote it,
// password and all: that is never passed on.
func parseDSN(dsn identity.Secret) (*pgxpool.Config, error) {
	c, err := pgxpool.ParseConfig(string(dsn))
	if missing, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, fmt.Errorf("postgres: a file that the connection string or PG* names cannot be read: %s", missing.Path)
	}
	if err != nil {
		return nil, errors.New("postgres: the connection string cannot be read; it looks like postgres://user@host:5432/database, with %-escapes for special characters")
	}
	if err := requireTLS(&c.ConnConfig.Config); err != nil {
		return nil, err
	}
	configure(c.ConnConfig)
	c.ConnConfig.DialFunc = noticing(c.ConnConfig.DialFunc)
	return c, nil
}

// configure chooses what makes statements fit through a pooler in transaction mode:
// nothing is prepared under a name. What a session would differ in is set, or
// written out in the statements.
func configure(c *pgx.ConnConfig) {
	c.DefaultQueryExecMode = pgx.QueryExecModeExec
	c.StatementCacheCapacity, c.DescriptionCacheCapacity = 0, 0
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "rehome"
	}
	c.RuntimeParams["client_encoding"] = "UTF8"
	c.RuntimeParams["timezone"] = "UTC"
	c.RuntimeParams["datestyle"] = "ISO"
}

// requireTLS takes every way out that would reach another machine in the clear:
// sslmode=prefer, libpq's default, would go there when the server says no. What
// sslmode asks beyond that (verify-full) stays as it is.
func requireTLS(c *pgconn.Config) error {
	ways := append([]*pgconn.FallbackConfig{{Host: c.Host, Port: c.Port, TLSConfig: c.TLSConfig}}, c.Fallbacks...)
	safe := ways[:0]
	for _, way := range ways {
		if way.TLSConfig != nil || thisMachine(way.Host) {
			safe = append(safe, way)
		}
	}
	if len(safe) == 0 {
		return fmt.Errorf("postgres: sslmode=disable would send every hash to %s in the clear; use sslmode=require, or better verify-full", c.Host)
	}
	c.Host, c.Port, c.TLSConfig = safe[0].Host, safe[0].Port, safe[0].TLSConfig
	c.Fallbacks = safe[1:]
	return nil
}

// errNoTLS is a server's "no" to a client that asks for TLS.
var errNoTLS = errors.New("the server takes no TLS")

// sslRequest is what a client asks for TLS with, and sslRefused the server's "no"
// (PostgreSQL manual, "SSL Session Encryption"). The driver has no error of its own
// for it.
const sslRequest, sslRefused = "\x00\x00\x00\x08\x04\xd2\x16\x2f", 'N'

// noticing is a dial whose connections answer errNoTLS where the server refuses it.
func noticing(dial pgconn.DialFunc) pgconn.DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &noticed{Conn: conn}, nil
	}
}

// noticed is a connection that has just asked for TLS, or not. The driver reads and
// writes at once while it copies.
type noticed struct {
	net.Conn
	asked atomic.Bool
}

func (n *noticed) Write(b []byte) (int, error) {
	n.asked.Store(string(b) == sslRequest)
	return n.Conn.Write(b)
}

func (n *noticed) Read(b []byte) (int, error) {
	got, err := n.Conn.Read(b)
	if n.asked.Load() && got == 1 && b[0] == sslRefused {
		return 0, errNoTLS
	}
	return got, err
}

// thisMachine tells whether a host is this machine by its name alone: a socket or
// a loopback address. Nothing is looked up, since an answer could change between
// the check and the use.
func thisMachine(host string) bool {
	if host == "localhost" || strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// secretKey is a setting of a connection string whose value nobody may see, as
// keyword or in a query; passfile names a file.
var secretKey = regexp.MustCompile(`(?i)(^|[\s?&;,'"])(ssl_?password|password|pgpassword|oauth_client_secret)\s*=`)

// HasPassword reports whether a connection string, or what somebody takes for one,
// holds a password, in whatever spelling: that belongs into PGPASSWORD, the password
// file or DATABASE_URL, and not on a command line.
func HasPassword(dsn string) bool {
	spellings := []string{dsn}
	if unescaped, err := url.PathUnescape(dsn); err == nil {
		spellings = append(spellings, unescaped)
	}
	return slices.ContainsFunc(spellings, func(s string) bool { return secretKey.MatchString(s) || beforeHost(s) })
}

// beforeHost reports whether there is a password between a colon and the @ before a
// host: "user:password@host", with or without a scheme. An @ in a query is another.
func beforeHost(s string) bool {
	if _, rest, scheme := strings.Cut(s, "://"); scheme {
		s = rest
	}
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return false
	}
	user, query, asked := strings.Cut(s[:at], "?")
	if asked && strings.Contains(query, "=") {
		user = ""
		if at := strings.LastIndexByte(s[:strings.IndexByte(s, '?')], '@'); at >= 0 {
			user = s[:at]
		}
	}
	return strings.Contains(user, ":") && !strings.ContainsAny(user, " \t")
}

// targetName names a database without any secret.
func targetName(c *pgconn.Config) string {
	name := c.Host + ":" + strconv.Itoa(int(c.Port)) + "/" + c.Database
	if strings.Contains(c.Host, "/") {
		return "postgres on this machine, " + name
	}
	return "postgres://" + name
}
