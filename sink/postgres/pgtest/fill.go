package pgtest

import (
	"context"
	"os"
	"path/filepath"
)

// Fill makes the disk of a table full, of a server of our own: the table's file is
// another that takes nothing. It answers how to make room again.
func (d *Database) Fill(ctx context.Context, table string) (empty func(context.Context) error, err error) {
	if d.server.process == nil {
		return nil, errNotOurs
	}
	var path string
	if err := d.QueryRow(ctx, "select pg_relation_filepath($1)", table).Scan(&path); err != nil {
		return nil, err
	}
	path = filepath.Join(d.server.dir, "data", path)
	kept := path + ".kept"
	// A crash makes every process forget the file that it has open.
	if err := d.server.do(ctx, "checkpoint"); err != nil {
		return nil, err
	}
	if err := os.Rename(path, kept); err != nil {
		return nil, err
	}
	if err := os.Symlink("/dev/full", path); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		if err := os.Rename(kept, path); err != nil {
			return err
		}
		return d.Crash(ctx)
	}, d.Crash(ctx)
}
