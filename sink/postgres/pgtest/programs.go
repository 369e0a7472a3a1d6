package pgtest

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

var errNoServer = errors.New("these tests need a Postgres server: install its programs (apt install postgresql, brew install postgresql), put initdb and postgres into PATH, or set REHOME_TEST_DATABASE to the connection string of a superuser")

// programs finds the folder of initdb and postgres, the newest where there are
// several.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(real), nil
		}
	}
	if folder, found := installed(); found {
		return folder, nil
	}
	return "", errNoServer
}

// installed looks where packages put a server's programs.
func installed() (folder string, found bool) {
	var all []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb", "/opt/homebrew/opt/postgresql*/bin/initdb", "/usr/local/opt/postgresql*/bin/initdb"} {
		matches, _ := filepath.Glob(pattern)
		all = append(all, matches...)
	}
	if len(all) == 0 {
		return "", false
	}
	newest := slices.MaxFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return filepath.Dir(newest), true
}

// shortTemp is a folder with a short name: a socket's path has 107 bytes at most.
func shortTemp() string {
	if _, err := os.Stat("/tmp"); err == nil {
		return "/tmp"
	}
	return ""
}
