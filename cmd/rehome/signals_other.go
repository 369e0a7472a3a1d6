//go:build !unix

package main

import (
	"os"
	"syscall"
)

// stopping are Ctrl-C, and what Go makes of a window that is closed and of a shutdown.
func stopping() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }
