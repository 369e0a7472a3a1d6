package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// programs is where the programs of the tests are built, each once.
var programs string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "rehome-programs-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	programs = folder
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

var (
	builtProgram   = sync.OnceValues(func() (string, error) { return built("rehome", ".") })
	builtGenerator = sync.OnceValues(func() (string, error) { return built("generate", "../../fixtures/generate") })
)

func built(name, folder string) (string, error) {
	path := filepath.Join(programs, name)
	build := exec.Command("go", "build", "-o", path, folder)
	build.Dir = home
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%v\n%s", err, out)
	}
	return path, nil
}

// buildProgram is rehome as a program, for tests of processes.
func buildProgram(t testing.TB) string {
	t.Helper()
	path, err := builtProgram()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
