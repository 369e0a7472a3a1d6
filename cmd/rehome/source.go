package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/importers"
	"rehome/migrate"
	"rehome/report"
)

// source is the exported files of a verb, readable any number of times.
type source struct {
	files   []*sourceFile
	format  importers.Format
	reading reading

	read  atomic.Int64
	total int64
}

type sourceFile struct {
	name  string // as the person named it
	path  string
	spool *migrate.Spool // what was set aside of one that can be read once; nil: the file itself is read
	seen  seen
}

// openSource finds the files of a verb, sets aside what can be read once, and finds
// out what they hold. needHash says that hashes without their parameters are of
// no use to the verb.
func openSource(c *cli.Context, t terminal, needHash bool) (*source, error) {
	if !c.Args().Present() {
		return nil, usage("run: rehome "+c.Command.Name+" --help", "%s needs a FILE", c.Command.Name)
	}
	s := &source{}
	for _, name := range c.Args().Slice() {
		if err := s.add(c.Context, name, t, c.String("runs")); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	if err := s.configure(c, needHash); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *source) add(ctx context.Context, name string, t terminal, runs string) error {
	if name == "-" {
		return s.setAside("standard input", streamIn(ctx, t.in), t, runs)
	}
	path := name
	info, err := os.Stat(path)
	if err != nil {
		return usage("", "%s: %s", name, plain(err))
	}
	if info.IsDir() {
		path = filepath.Join(path, "auth_export", "accounts.json") // a folder of emulators:export
		if info, err = os.Stat(path); err != nil {
			return usage("name a file", "%s is a folder", name)
		}
	}
	if !info.Mode().IsRegular() {
		return s.setAside(name, stream(ctx, func() (io.ReadCloser, error) { return os.Open(path) }), t, runs)
	}
	s.total += info.Size()
	s.files = append(s.files, &sourceFile{name: filepath.Base(name), path: path})
	return nil
}

// setAside copies what can be read once into the folder of runs.
func (s *source) setAside(name string, in io.ReadCloser, t terminal, runs string) error {
	defer in.Close()
	spool, err := migrate.NewSpool(runs)
	if err != nil {
		return err
	}
	if err := spool.Fill(in); err != nil {
		return errors.Join(fmt.Errorf("cannot set %s aside: %w", name, err), spool.Remove())
	}
	fmt.Fprintln(t.err, shown(t.err, fmt.Sprintf("%s cannot be read twice: copied, sealed, to %s, which is removed at the end", name, spool.Name())))
	s.total += spool.Size()
	s.files = append(s.files, &sourceFile{name: onceName(name), spool: spool})
	return nil
}

// onceName is what a source that can be read once is called: the number that a
// shell gave its pipe says nothing, and is another the next time.
func onceName(name string) string {
	switch {
	case name == "standard input":
		return "stdin"
	case isPipe(name):
		return "pipe"
	}
	return filepath.Base(name)
}

// configure reads the flags that say how to read, and detects what they leave open.
func (s *source) configure(c *cli.Context, needHash bool) (err error) {
	if s.reading, err = newReading(c, needHash); err != nil {
		return err
	}
	if from := importers.Format(c.String("from")); from != "" {
		if !slices.Contains(formats(), from) {
			return usage("use firebase, wordpress or csv", "--from %s is not a source", report.Visible(string(from)))
		}
		s.format = from
		return nil
	}
	if c.String("columns") != "" || c.String("map") != "" {
		s.format = importers.FormatCSV // nothing else has columns to name
		return nil
	}
	for _, f := range s.files {
		found, err := f.detect()
		if err != nil {
			return err
		}
		if s.format != "" && s.format != found {
			return usage("give the files of one source at a time, or name it with --from", "%s looks like %s, another file like %s", f.name, found, s.format)
		}
		s.format = found
	}
	return nil
}

func formats() []importers.Format {
	return []importers.Format{importers.FormatFirebase, importers.FormatWordPress, importers.FormatCSV, importers.FormatNeutral}
}

// detect finds out what a file holds by its first bytes. A file that fits no
// format, or more than one, is the person's to name.
func (f *sourceFile) detect() (importers.Format, error) {
	r, closeAll, err := f.open(new(seen), new(atomic.Int64))
	if err != nil {
		return "", err
	}
	defer closeAll()
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("%s: %w", f.name, err)
	}
	switch fits := importers.Detect(head[:n]); len(fits) {
	case 1:
		return fits[0], nil
	case 0:
		return "", f.unknown(head[:n])
	default:
		names := make([]string, len(fits))
		for i, fit := range fits {
			names[i] = string(fit)
		}
		return "", usage("name it with --from", "%s could be %s", f.name, strings.Join(names, " or "))
	}
}

// unknown says what is wrong with a file that fits no format.
func (f *sourceFile) unknown(head []byte) error {
	const hint = "if it is a table of users, name its columns: --map id=…,email=…,password_hash=… by their headers, or --columns in their order; else name the source with --from"
	if err := importers.Unknown(head, f.name); err != nil {
		return err
	}
	return failed(exitFailed, hint, fmt.Errorf("%s: not an export that rehome knows", f.name))
}

// open begins a reading of the file: guarded, then decompressed.
func (f *sourceFile) open(s *seen, count *atomic.Int64) (io.Reader, func(), error) {
	in, err := f.content()
	if err != nil {
		return nil, nil, err
	}
	g := newGuard(in, s, count)
	r, err := importers.Decompress(g, f.name)
	if err != nil {
		in.close()
		return nil, nil, err
	}
	return guarded{r, g}, func() { _ = r.Close(); in.close() }, nil
}

// guarded reads the decompressed text, and at its end what is left of the file,
// so that the digest covers all of it.
type guarded struct {
	io.Reader
	guard *guard
}

func (g guarded) Read(p []byte) (int, error) {
	n, err := g.Reader.Read(p)
	if err == io.EOF {
		if left := g.guard.drain(); left != nil {
			return n, left
		}
	}
	return n, err
}

// pass begins a reading of all files, joined.
func (s *source) pass() (migrate.Pass, error) {
	s.read.Store(0)
	return migrate.Pass{Records: s.records, Digest: s.digest}, nil
}

// records reads all files, joined. The tables of a WordPress may be spread over
// them; anything else is one file after another.
func (s *source) records(yield func(identity.Record, error) bool) {
	if s.format == importers.FormatWordPress {
		importers.WordPress(s.inputs, s.reading.wordpress)(yield)
		return
	}
	for _, f := range s.files {
		if !s.recordsOf(f, yield) {
			return
		}
	}
}

// inputs opens all files; the reader closes them.
func (s *source) inputs() ([]importers.Input, error) {
	s.read.Store(0)
	var inputs []importers.Input
	for _, f := range s.files {
		r, closeAll, err := f.open(&f.seen, &s.read)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, importers.Input{Name: f.name, Reader: closing{r, closeAll}})
	}
	return inputs, nil
}

// closing is a reader with its end.
type closing struct {
	io.Reader
	end func()
}

func (c closing) Close() error { c.end(); return nil }

func (s *source) recordsOf(f *sourceFile, yield func(identity.Record, error) bool) bool {
	r, closeAll, err := f.open(&f.seen, &s.read)
	if err != nil {
		return yield(identity.Record{}, err)
	}
	defer closeAll()
	for rec, err := range s.reading.importer(s.format, r, f.name) {
		if !yield(rec, err) || err != nil {
			return false
		}
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // an importer may stop before the end
		return yield(identity.Record{}, fmt.Errorf("%s: %w", f.name, err))
	}
	return true
}

// digest names what was read: the SHA-256 of the file, or of the files' digests.
func (s *source) digest() string {
	if len(s.files) == 1 {
		return "sha256:" + s.files[0].seen.whole
	}
	all := sha256.New()
	for _, f := range s.files {
		fmt.Fprintln(all, f.seen.whole)
	}
	return "sha256:" + hex.EncodeToString(all.Sum(nil))
}

func (s *source) bytes() (read, total int64) { return s.read.Load(), s.total }

func (s *source) names() []string {
	names := make([]string, len(s.files))
	for i, f := range s.files {
		names[i] = f.name
	}
	return names
}

// close removes what was set aside.
func (s *source) close() (err error) {
	for _, f := range s.files {
		if f.spool != nil {
			err = errors.Join(err, f.spool.Remove())
		}
	}
	return err
}

// plain is an error of the file system without the path, which the caller names.
func plain(err error) error {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err
	}
	return err
}
