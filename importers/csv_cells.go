package importers

import (
	"io"
	"slices"

	"rehome/identity"
)

// Cells is one row of a table as it stands, for whoever looks for what the header
// does not name.
type Cells struct {
	Names []string          // the header, or --columns
	Texts []identity.Secret // of the row, one for each name
}

// CSVCells reads the cells of one record of a table, counted from 1 as in its
// Pos. It is false where there is no such row: the record could not be told apart,
// or the file is JSON Lines.
func CSVCells(r io.Reader, name string, c CSVConfig, record int) (found Cells, ok bool, err error) {
	c.Notice = nil
	s := &tableReading{name: name, c: c, yield: func(identity.Record, error) bool { return !ok }}
	s.watch = func(n int, names []string, fields [][]byte) {
		if n != record {
			return
		}
		ok, found.Names = true, slices.Clone(names)
		for _, f := range fields {
			found.Texts = append(found.Texts, identity.Secret(f))
		}
	}
	if err := s.read(r); err != nil && err != errStopped {
		return Cells{}, false, err
	}
	return found, ok, nil
}
