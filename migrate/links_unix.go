//go:build unix

package migrate

import (
	"os"
	"syscall"
)

// links is how many names an open file has.
func links(f *os.File) int {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	return int(stat.Nlink)
}
