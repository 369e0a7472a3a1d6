package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/crypto/argon2"
)

// heavyHash is an argon2 hash of so many MiB.
func heavyHash(mebibytes, salt int, password string) string {
	bytes := fmt.Appendf(nil, "saltsalt%02d", salt)
	digest := argon2.IDKey([]byte(password), bytes, 1, uint32(mebibytes<<10), 1, 32)
	bare := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=1,p=1$%s$%s", mebibytes<<10, bare(bytes), bare(digest))
}

// However many hashes ask for however much, the passwords tried at one time share
// one budget: proving, searching, and the logins of a rehearsal. Peak memory is the
// kernel's own count of a process of its own.
func TestHashMemoryIsOneBudget(t *testing.T) {
	const people, each, budget, program = 12, 128, 128, 288 // MiB, but for people
	folder := t.TempDir()
	users, known, wrong := "id,email,password_hash\n", "id,password\n", "id,password\n0,a wrong one\n"
	for i := range people {
		password := fmt.Sprintf("correct-horse-%d", i)
		users += fmt.Sprintf("%d,u%d@example.com,\"%s\"\n", i, i, heavyHash(each, i, password))
		known += fmt.Sprintf("%d,%s\n", i, password)
	}
	for name, text := range map[string]string{"users.csv": users, "known.csv": known, "wrong.csv": wrong} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rehome := buildProgram(t)
	for _, c := range []struct {
		name, args string
		exit       int
		says       string
	}{
		{"prove", "prove users.csv --known known.csv", exitOK, "12 matched"},
		{"rehearsal logins", "import users.csv --known known.csv --logins all", exitOK, "12 matched"},
		{"solve", "solve users.csv --known wrong.csv", exitProof, "not found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"-test.run=^TestPeakOf$", "--", rehome}, strings.Fields(c.args)...)
			run := exec.Command(os.Args[0], append(args, "--hash-memory", fmt.Sprintf("%dMiB", budget))...)
			run.Dir, run.Env = folder, append(os.Environ(), "REHOME_TEST_PEAK=1")
			out, _ := run.CombinedOutput()
			var exit, peak int
			_, said, _ := strings.Cut(string(out), peakMark)
			if n, err := fmt.Sscan(said, &exit, &peak); n < 2 {
				t.Fatalf("%v\n%s", err, out)
			}
			if exit != c.exit || !strings.Contains(string(out), c.says) {
				t.Fatalf("exit %d, want %d and %q\n%s", exit, c.exit, c.says, out)
			}
			if peak>>10 > budget+program {
				t.Errorf("the process took %d MiB at its peak, with a budget of %d", peak>>10, budget)
			}
		})
	}
}

const peakMark = "exit and peak: "

// TestPeakOf runs a program and prints its exit code and its peak in KiB, in a
// process of its own: at an exec the kernel hands on the peak of the process that
// made it.
func TestPeakOf(t *testing.T) {
	if os.Getenv("REHOME_TEST_PEAK") == "" {
		return
	}
	i := slices.Index(os.Args, "--")
	run := exec.Command(os.Args[i+1], os.Args[i+2:]...)
	run.Stdout, run.Stderr = os.Stdout, os.Stderr
	_ = run.Run()
	fmt.Println(peakMark, run.ProcessState.ExitCode(), run.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}

// A size beyond half of the machine's memory is taken at its word, with a warning.
func TestHashMemoryBeyondTheMachine(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{"users.csv": "id,email\n1,ann@example.com\n", "known.csv": "id,password\n1,x\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for size, warned := range map[string]bool{"500TiB": true, "16MiB": false} {
		var words strings.Builder
		run(t.Context(), []string{"rehome", "prove", "users.csv", "--known", "known.csv", "--hash-memory", size}, strings.NewReader(""), io.Discard, &words)
		if strings.Contains(words.String(), "half of this machine") != warned {
			t.Errorf("%s: %s", size, words.String())
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]uint64{
		"1GiB": 1 << 30, "1g": 1 << 30, "512 MiB": 512 << 20, "2gb": 2 << 30, "1048576": 1 << 20, "1048576B": 1 << 20, "2TiB": 2 << 40,
		"": 0, "GiB": 0, "0": 0, "1": 0, "1KiB": 0, "-1GiB": 0, "1.5GiB": 0, "1 GiB 2": 0, "1XiB": 0, "1MGiB": 0, "1MM": 0, "99999999999TiB": 0, "1000000TiB": 0,
	} {
		if got, ok := parseSize(text); got != want && ok || ok != (want > 0) {
			t.Errorf("%q is %d %t, want %d", text, got, ok, want)
		}
	}
}
