package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"syscall"
)

// diskFullOnWindows is ERROR_DISK_FULL (Microsoft, System Error Codes); elsewhere the
// number means something else.
const diskFullOnWindows = syscall.Errno(112)

// isDiskFull reports whether something did not fit on a disk, or into a quota of it.
func isDiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || runtime.GOOS == "windows" && errors.Is(err, diskFullOnWindows)
}

// diskFull is one failure in the place of the many that a full disk brings about.
func diskFull(folder string) error { return fmt.Errorf("the disk that %s is on is full", folder) }

// firstFull is the first of several failures that is about a full disk.
func firstFull(err error) string {
	if several, is := err.(interface{ Unwrap() []error }); is { //nolint:errorlint // each is looked at
		for _, e := range several.Unwrap() {
			if isDiskFull(e) {
				return firstFull(e)
			}
		}
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}
