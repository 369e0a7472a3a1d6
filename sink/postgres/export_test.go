package postgres

import (
	"context"
	"fmt"
	"os"

	"rehome/identity"
)

// NewTestDatabase is an empty database for an example, and how to get rid of it.
func NewTestDatabase() (dsn identity.Secret, drop func(), err error) {
	c, err := server()
	if err != nil {
		return "", nil, err
	}
	ctx := context.Background()
	admin, err := connect(ctx, c.dsn("postgres"))
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("rehome_test_%d_%d", os.Getpid(), c.made.Add(1))
	_, err = admin.Exec(ctx, "create database "+name+" encoding 'UTF8' template template0")
	return c.dsn(name), func() {
		_, _ = admin.Exec(ctx, "drop database "+name+" with (force)")
		_ = admin.Close(ctx)
	}, err
}
