// Command rehome moves user accounts with their password hashes out of Firebase
// exports, WordPress dumps and tables into Appwrite. README.md says how to use it;
// rehome help lists the verbs.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// collectAt is GOGC. A survey makes much garbage and holds little: collecting at
// three times what is held costs some 20 MiB and saves a tenth of the time.
const collectAt = 200

func main() {
	debug.SetGCPercent(collectAt)
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel(errInterrupted)
		signal.Stop(signals) // a second signal kills, which is safe too
	}()
	os.Exit(run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr))
}
