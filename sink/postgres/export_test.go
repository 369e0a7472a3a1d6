package postgres

import (
	"context"

	"rehome/identity"
)

// NewTestDatabase is an empty database for an example, and how to get rid of it.
func NewTestDatabase() (dsn identity.Secret, drop func() error, err error) {
	s, err := server()
	if err != nil {
		return "", nil, err
	}
	d, err := s.Empty(context.Background())
	return d.DSN, d.Drop, err
}
