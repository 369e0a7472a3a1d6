package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/postgres"
	"rehome/verifiers"
)

// signerKey is a Firebase project's, of Firebase's own published example. It stands
// in the application's settings and not in the table: whoever reads the table
// alone cannot try passwords.
const signerKey identity.Secret = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="

// An application logs somebody in who came from Firebase with her old password.
func Example() {
	ctx := context.Background()
	dsn, drop, err := postgres.NewTestDatabase()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = drop() }()
	if err := move(ctx, dsn); err != nil {
		fmt.Println(err)
		return
	}
	db, err := pgx.Connect(ctx, string(dsn))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close(ctx)
	for _, password := range []string{"user2password", "user1password"} {
		id, err := login(ctx, db, "ann@example.com", password)
		fmt.Printf("%q %v\n", id, err)
	}
	// Output:
	// "" the address or the password is wrong
	// "28chFirebaseUidAbCdEfGhIjKl" <nil>
}

var errWrong = errors.New("the address or the password is wrong")

// login is all that an application needs to let people in with what they had.
func login(ctx context.Context, db *pgx.Conn, email, password string) (id string, err error) {
	var format, hash, params string
	err = db.QueryRow(ctx, "select id, password_format, password_hash, password_params::text from rehome.users where email_key = $1 and password_hash is not null and not disabled",
		strings.ToLower(strings.TrimSpace(email))).Scan(&id, &format, &hash, &params)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", errWrong
	}
	if err != nil {
		return "", err
	}
	row := map[string]string{"hash_algorithm": format, "password_hash": hash, "hash_params": params}
	user, err := identity.FromNeutralCells(func(field string) string { return row[field] })
	if err != nil {
		return "", err
	}
	if user.Hash.Algorithm == identity.ScryptFirebase {
		user.Hash.Params.SignerKey = signerKey
	}
	if ok, err := verifiers.Verify(user.Hash, password); err != nil || !ok {
		return "", errors.Join(errWrong, err)
	}
	return id, nil
}

// move is what `rehome import --to postgres --layout generic --create` does.
func move(ctx context.Context, dsn identity.Secret) error {
	s, err := postgres.New(postgres.Config{Layout: postgres.Generic, DSN: dsn, Create: true})
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Preflight(ctx); err != nil {
		return err
	}
	if err := s.Begin(ctx, postgres.Run{Name: "first"}); err != nil {
		return err
	}
	ann := identity.User{ID: "28chFirebaseUidAbCdEfGhIjKl", Email: "Ann@Example.com", EmailVerified: true, Hash: identity.Hash{
		Algorithm: identity.ScryptFirebase,
		Encoded:   "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
		Params:    identity.Params{Salt: "42xEC+ixf3L2lw==", SaltSeparator: "Bw==", SignerKey: signerKey, N: 16384, R: 8, P: 1},
	}}
	_, err = s.Write(ctx, []sink.Landing{{User: ann, Judgement: s.Judge(ann)}})
	return errors.Join(err, s.Finish(ctx))
}
