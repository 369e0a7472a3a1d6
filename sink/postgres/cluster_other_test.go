//go:build !unix

package postgres

import "syscall"

// unprivileged: the server's programs give their rights up themselves.
func unprivileged(string) (*syscall.SysProcAttr, error) { return nil, errNoServer }
