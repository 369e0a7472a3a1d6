package main

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"rehome/report"
	"rehome/verifiers"
)

// usualHashMemory is the budget for passwords that are tried, in bytes: the
// dearest hash that a real Appwrite was seen to verify takes it all.
const usualHashMemory = 1 << 30

// besideHashes is what the process may take beyond that budget. Above, the runtime
// collects more often, and gives memory back that lies idle: where small things have
// moved into what a large array has left, the next one does not fit, and the heap
// would hold two.
const besideHashes = 256 << 20

func hashMemoryFlag() cli.Flag {
	return text("hash-memory", "`SIZE` of the memory in which passwords are tried, such as 512MiB; 1GiB when left out, but no more than half of the machine's")
}

// hashMemory is the one budget of this process. A size that was asked for counts,
// whatever the machine has.
func hashMemory(c *cli.Context, warn func(string, ...any)) (*verifiers.Memory, error) {
	half := machineMemory() / 2
	size := uint64(usualHashMemory)
	if half > 0 {
		size = min(size, half)
	}
	if given := c.String("hash-memory"); given != "" {
		var ok bool
		if size, ok = parseSize(given); !ok {
			return nil, usage("such as --hash-memory 512MiB or --hash-memory 2GiB", "--hash-memory %s is not a size of at least 1 MiB", report.Visible(given))
		}
		if half > 0 && size > half {
			warn("--hash-memory %s is more than half of this machine's memory", given)
		}
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(size + besideHashes))
	}
	return verifiers.NewMemory(size), nil
}

// parseSize reads a number of bytes, or of KiB, MiB, GiB or TiB, which may be
// written K, KB or KiB. People who write GB here mean what their machine has.
func parseSize(s string) (bytes uint64, ok bool) {
	digits := strings.TrimRight(s, "KkMmGgTtIiBb ")
	n, err := strconv.ParseUint(digits, 10, 40)
	if err != nil {
		return 0, false
	}
	unit := strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(strings.TrimSpace(s[len(digits):])), "b"), "i")
	at := strings.Index("kmgt", unit)
	if len(unit) > 1 || at < 0 {
		return 0, false
	}
	bytes = n << (10 * (at + len(unit)))
	return bytes, bytes>>(10*(at+len(unit))) == n && bytes >= 1<<20 && bytes < 1<<50
}
