package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// benchUsers is the size of the benchmarks' export: a million users are 430 MB.
const benchUsers = 1_000_000

// BenchmarkFirebaseExport reads an export of a million users: inspect and the dry
// run of an import, beside encoding/json reading the same file into a struct of
// the same fields, and jq counting its users. Each prints users a second, and its
// ratio to jq, measured in the same run.
func BenchmarkFirebaseExport(b *testing.B) {
	folder := b.TempDir()
	b.Chdir(folder)
	generate(b, "users.json", "-known", "3", "-known-out", "known.csv", "-config-out", "hash-config.txt")
	floor := timed(b, func() error { return exec.Command("jq", ".users|length", "users.json").Run() })
	report := func(name string, work func() error) {
		b.Run(name, func(b *testing.B) {
			took := time.Duration(1 << 62)
			for b.Loop() {
				took = min(took, timed(b, work))
			}
			b.ReportMetric(benchUsers/took.Seconds(), "users/s")
			b.ReportMetric(floor.Seconds()/took.Seconds(), "×jq")
		})
	}
	report("jq", func() error { return exec.Command("jq", ".users|length", "users.json").Run() })
	report("encoding/json", func() error { return decodeAll("users.json") })
	report("inspect", func() error { return verb("inspect", "users.json", "--hash-config", "hash-config.txt") })
	report("dry-run", func() error {
		return verb("import", "users.json", "--hash-config", "hash-config.txt", "--dry-run")
	})
}

func generate(b *testing.B, name string, flags ...string) {
	b.Helper()
	out, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer out.Close()
	program := filepath.Join(b.TempDir(), "generate")
	build := exec.Command("go", "build", "-o", program, "./fixtures/generate")
	build.Dir = filepath.Join(home, "..", "..")
	if text, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	c := exec.Command(program, append([]string{"firebase", "-n", "1000000"}, flags...)...)
	c.Stdout = out
	if err := c.Run(); err != nil {
		b.Fatal(err)
	}
}

func timed(b *testing.B, work func() error) time.Duration {
	b.Helper()
	began := time.Now()
	if err := work(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// verb runs the program in process; a dry run of invented users may end with rejects.
func verb(args ...string) error {
	code := run(context.Background(), append([]string{"rehome"}, append(args, "--quiet", "--runs", "runs")...), os.Stdin, io.Discard, io.Discard)
	if code != exitOK && code != exitRejected {
		return &failure{exit: code, err: os.ErrInvalid}
	}
	return nil
}

// decodeAll reads the export as somebody would who writes a script.
func decodeAll(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	for range 3 { // {, "users", [
		if _, err := d.Token(); err != nil {
			return err
		}
	}
	for d.More() {
		var u struct {
			LocalID, Email, PasswordHash, Salt, DisplayName, PhotoURL, LastSignedInAt, CreatedAt, PhoneNumber, CustomAttributes string
			EmailVerified, Disabled                                                                                             bool
			ProviderUserInfo                                                                                                    []struct{ ProviderID, RawID, Email string }
		}
		if err := d.Decode(&u); err != nil {
			return err
		}
	}
	return nil
}
