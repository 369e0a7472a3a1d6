// Command rehome moves user accounts with their password hashes out of Firebase
// exports, WordPress dumps and tables into Appwrite or Postgres. README.md says how
// to use it; rehome help lists the verbs.
package main

import (
	"context"
	"os"
	"runtime/debug"
)

// collectAt is GOGC. A survey makes much garbage and holds little: collecting at
// three times what is held costs some 20 MiB and saves a tenth of the time.
const collectAt = 200

func main() {
	debug.SetGCPercent(collectAt)
	ctx, cancel := context.WithCancelCause(context.Background())
	interruptible(cancel)
	os.Exit(run(ctx, os.Args, os.Stdin, outlet{os.Stdout, cancel}, outlet{os.Stderr, cancel}))
}
