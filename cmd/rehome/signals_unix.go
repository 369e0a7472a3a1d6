//go:build unix

package main

import (
	"os"
	"syscall"
)

// stopping are the signals that end a program which does nothing about them, but for
// those that tell of a fault in it, and SIGPIPE.
func stopping() []os.Signal {
	return []os.Signal{
		syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGALRM, syscall.SIGTERM,
		syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGXCPU, syscall.SIGVTALRM,
	}
}
