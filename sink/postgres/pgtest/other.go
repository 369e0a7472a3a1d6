//go:build !unix

package pgtest

import "syscall"

// Without a shell and signals there is no server of our own; REHOME_TEST_DATABASE
// names another.
func unprivileged(string) (*syscall.SysProcAttr, error) { return nil, errNoServer }

func quit(int) error { return errNoServer }
