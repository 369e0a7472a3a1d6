package importers

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"rehome/identity"
)

// Kinds of source errors that only WordPress has.
const (
	Ambiguous Kind = "ambiguous" // the users of several sites, and nobody said which; Says lists them, Advice names the flag
	NoUsers   Kind = "no-users"  // tables, but none of users, or not the one asked for
)

// Input is one file of a source that may be made of several.
type Input struct {
	Name   string    // as the person named it
	Reader io.Reader // its decompressed content; closed after reading if it is an io.Closer
}

// Notice hears what a person should know about a source as a whole and what is
// no error: what had to be assumed, and how often. It holds no secret and no
// personal data. The same text is given once for each reading.
type Notice func(text string)

// WordPressConfig is what a WordPress site's export does not say by itself. The
// zero value reads the main site of the only WordPress in the files.
type WordPressConfig struct {
	// TablePrefix is the tables' prefix, such as "wp_", or "db.wp_" where
	// databases share one. Optional: found by looking; needed when there are
	// several.
	TablePrefix string
	// Site is the site of a multisite network whose roles count. Optional: 0
	// and 1 are the main site.
	Site int
	// Meta are keys of usermeta to carry as attributes, as the text that
	// WordPress stores. Optional.
	Meta []string
	// Region is the country of telephone numbers that do not name theirs (ISO
	// 3166 alpha-2). Optional.
	Region string
	// Encoding is the files' encoding in spite of what they say: a name of the
	// WHATWG Encoding Standard or MySQL's, or TwiceEncoded. Optional.
	Encoding string
	// AcceptTruncated takes what stands before the place where a file was cut
	// off, instead of refusing the file. Optional.
	AcceptTruncated bool
	// Notice hears of assumptions. Optional.
	Notice Notice
}

// WordPress reads the users of a WordPress site (2.5 to 7) out of an SQL dump of
// its database, the JSON or CSV of phpMyAdmin, the CSV of Adminer, or the CSV or
// JSON of WP-CLI's `wp user list`. Several files, such as mydumper's one a
// table, are one source. Facts about WordPress are from its own code:
// wp-admin/includes/schema.php, wp-includes/user.php, pluggable.php,
// class-wp-user.php and formatting.php.
//
// open opens the files anew, and is called twice in a reading: roles and names
// are in usermeta, which stands before the users in most dumps and after them in
// others. The first pass keeps what is needed of it (see metaStore), the last
// yields the users. There is one more when a table begins anew behind rows, or is
// defined behind them, and one when there are users without a display name.
// Nothing is written to disk: it would be people's hashes.
//
// No user is yielded before the first pass has seen that the files are whole and
// hold the users of one site. A hash is taken from user_pass and from nowhere
// else: activation keys and application passwords hold hashes too.
func WordPress(open func() ([]Input, error), c WordPressConfig) identity.Records {
	return func(yield func(identity.Record, error) bool) {
		w := &wordpress{
			c: c, open: open, yield: yield, said: map[string]bool{},
			tables: newDumpTables(), assumed: map[tableName]string{}, sites: map[tableName]*wpSite{},
		}
		if err := w.read(); err != nil && err != errStopped {
			yield(identity.Record{}, err)
		}
	}
}

// wordpress is one reading.
type wordpress struct {
	c     WordPressConfig
	open  func() ([]Input, error)
	yield func(identity.Record, error) bool
	text  *dumpText
	said  map[string]bool // notices

	tables  *dumpTables           // what the dumps say of them, wherever in the files it stands
	assumed map[tableName]string  // tables without a definition, and the file that they are in
	sites   map[tableName]*wpSite // by database and prefix
	site    *wpSite               // the one whose users are read

	last struct { // answer of siteOf
		table tableName
		site  *wpSite
		kind  string
	}
	metaAt  metaColumns // of the last row of metas
	userAt  userColumns // of the last user
	scratch []byte

	metaTexts []metaText // of the last user

	metaFaults int // metas that are no text
	hashed     int // users with a hash
}

func (w *wordpress) read() error {
	if err := w.check(); err != nil {
		return err
	}
	if err := w.gather(); err != nil {
		return err
	}
	if err := w.choose(); err != nil {
		return err
	}
	w.tellBeginnings()
	if err := w.gatherNames(); err != nil {
		return err
	}
	return w.give()
}

// check refuses settings that cannot be meant.
func (w *wordpress) check() error {
	for _, key := range w.c.Meta {
		switch {
		case key == "session_tokens", key == "_application_passwords":
			return fmt.Errorf("the user meta %s holds secrets and is not carried: leave it out of --meta", key)
		case strings.HasSuffix(key, "capabilities"):
			return fmt.Errorf("the user meta %s holds roles, which are carried as labels: leave it out of --meta, and choose the site with --site", key)
		}
	}
	if w.c.Site < 0 {
		return errors.New("sites are counted from 1: give --site a positive number")
	}
	text, err := newDumpText(w.c.Encoding)
	w.text = text
	return err
}

// each reads the tables that are wanted, one file after the other.
func (w *wordpress) each(want func(table []byte) bool, row func(*tableRow, Input) error) error {
	w.tables.rewind()
	inputs, err := w.open()
	if err != nil {
		return err
	}
	for i := 0; i < len(inputs) && err == nil; i++ {
		err = w.eachOf(inputs[i], want, row)
	}
	if closed := closeAll(inputs); err == nil {
		err = closed
	}
	return err
}

// eachOf reads one file.
func (w *wordpress) eachOf(in Input, want func([]byte) bool, row func(*tableRow, Input) error) error {
	source, err := openTables(in, w.tables, want)
	for err == nil {
		var r *tableRow
		if r, err = source.next(); err == nil {
			err = row(r, in)
		}
	}
	if err == io.EOF {
		return nil
	}
	return w.forgive(err)
}

// forgive makes a notice of a cut that is accepted.
func (w *wordpress) forgive(err error) error {
	source, ok := errors.AsType[*SourceError](err)
	if !ok || source.Kind != Truncated || !w.c.AcceptTruncated {
		return err
	}
	w.notice("%s; what came before was taken", source)
	return nil
}

// closeAll closes what can be closed, and answers with the first error.
func closeAll(inputs []Input) error {
	var first error
	for _, in := range inputs {
		if c, ok := in.Reader.(io.Closer); ok {
			if err := c.Close(); first == nil {
				first = err
			}
		}
	}
	return first
}
