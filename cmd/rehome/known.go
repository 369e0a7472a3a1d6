package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/importers"
	"rehome/migrate"
)

// knownColumns are the header names by which a known account is found.
var knownColumns = map[string]func(*migrate.Known) *string{
	"id":         func(k *migrate.Known) *string { return &k.ID },
	"localid":    func(k *migrate.Known) *string { return &k.ID },
	"uid":        func(k *migrate.Known) *string { return &k.ID },
	"login":      func(k *migrate.Known) *string { return &k.Username },
	"username":   func(k *migrate.Known) *string { return &k.Username },
	"user_login": func(k *migrate.Known) *string { return &k.Username },
	"email":      func(k *migrate.Known) *string { return &k.Email },
	"phone":      func(k *migrate.Known) *string { return &k.Phone },
}

// knownAccounts reads --known, or asks.
func knownAccounts(c *cli.Context, t terminal) ([]migrate.Known, error) {
	if c.Bool("ask") {
		known, err := askKnown(c.Context, t)
		if errors.Is(err, errInterrupted) {
			fmt.Fprintln(t.err)
			return nil, failed(exitInterrupted, "nothing was written; to be asked again: "+command(typed(c)...), err)
		}
		return known, err
	}
	path := c.String("known")
	if path == "" {
		return nil, nil
	}
	in, err := knownInput(c, t, path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if path == "-" {
		path = "standard input"
	}
	known, err := readKnown(in, path)
	if cause := context.Cause(c.Context); cause != nil {
		return nil, cause // and what was read is not all
	}
	return known, err
}

// knownInput opens --known.
func knownInput(c *cli.Context, t terminal, path string) (io.ReadCloser, error) {
	if path == "-" {
		if slices.Contains(c.Args().Slice(), "-") {
			return nil, usage("put one of the two in a file", "standard input cannot be both FILE and --known")
		}
		return streamIn(c.Context, t.in), nil
	}
	in, err := openInput(c.Context, path)
	if err != nil {
		return nil, usage("", "--known %s: %s", path, plain(err))
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		fmt.Fprintln(t.err, shown(t.err, "rehome: warning: "+path+" holds passwords and can be read by others; chmod 600 it"))
	}
	return in, nil
}

// readKnown reads known accounts, in UTF-16 and between semicolons or tabs too, as
// spreadsheets write tables. Passwords are taken as they stand.
func readKnown(r io.Reader, name string) ([]migrate.Known, error) {
	text, charset := importers.UTF8(r)
	in := bufio.NewReader(text)
	if bom, err := in.Peek(3); err == nil && string(bom) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	rows := csv.NewReader(in)
	rows.Comma = knownDelimiter(in)
	header, err := rows.Read()
	if err != nil {
		return nil, usage("its first line names the columns: id, login, email or phone, and password", "--known %s: no header", name)
	}
	fields, password, err := knownHeader(header, name)
	if err != nil {
		return nil, err
	}
	var known []migrate.Known
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, usage("", "--known %s: %s", name, csvError(err))
		}
		if line, _ := rows.FieldPos(0); charset != "" && strings.ContainsRune(strings.Join(row, ""), utf8.RuneError) {
			return nil, usage("save it as CSV in UTF-8", "--known %s: line %d: bytes that mean nothing in %s", name, line, charset)
		}
		if k, ok := knownRow(row, fields, password); ok {
			known = append(known, k)
		}
	}
	if len(known) == 0 {
		return nil, usage("each row needs a password, and an id, login, email or phone", "--known %s: no row names an account and its password", name)
	}
	return known, nil
}

// knownDelimiter is the sign between which the header names an account and a
// password; the comma where none does.
func knownDelimiter(in *bufio.Reader) rune {
	head, _ := in.Peek(1 << 10) // an error comes again, behind what was read
	for _, delimiter := range ";\t" {
		rows := csv.NewReader(bytes.NewReader(head))
		rows.Comma = delimiter
		header, err := rows.Read()
		if err != nil {
			continue
		}
		if _, _, err := knownHeader(header, ""); err == nil {
			return delimiter
		}
	}
	return ','
}

func knownHeader(header []string, name string) (fields []func(*migrate.Known) *string, password int, err error) {
	fields, password = make([]func(*migrate.Known) *string, len(header)), -1
	found := false
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(h))
		if h == "password" {
			password = i
		}
		fields[i] = knownColumns[h]
		found = found || fields[i] != nil
	}
	if password < 0 || !found {
		return nil, 0, usage("name the columns id (or localId, uid, ID), login, email or phone, and password", "--known %s: the header names no account or no password", name)
	}
	return fields, password, nil
}

func knownRow(row []string, fields []func(*migrate.Known) *string, password int) (k migrate.Known, ok bool) {
	for i, cell := range row {
		if fields[i] != nil && cell != "" {
			*fields[i](&k) = cell
		}
	}
	k.Password = identity.Secret(row[password])
	return k, k.Password != "" && k.ID+k.Username+k.Email+k.Phone != ""
}

// csvError says where a CSV is broken, without its text.
func csvError(err error) error {
	if p, ok := errors.AsType[*csv.ParseError](err); ok {
		return fmt.Errorf("line %d: %w", p.Line, p.Err)
	}
	return err
}

// askKnown asks for one account; the password is not echoed.
func askKnown(ctx context.Context, t terminal) ([]migrate.Known, error) {
	in, ok := t.in.(*os.File)
	if !ok || !isTerminal(t.in) {
		return nil, usage("use --known FILE", "--ask needs a terminal")
	}
	fmt.Fprint(t.err, "e-mail address or id of an account whose password you know: ")
	who, err := askLine(ctx, in)
	if err != nil {
		return nil, errInterrupted
	}
	fmt.Fprint(t.err, "its password (not shown): ")
	password, err := askHidden(ctx, in)
	if err != nil {
		return nil, errInterrupted
	}
	fmt.Fprintln(t.err)
	k := migrate.Known{ID: strings.TrimSpace(who), Password: identity.Secret(password)}
	if strings.Contains(who, "@") {
		k.ID, k.Email = "", k.ID
	}
	return []migrate.Known{k}, nil
}
