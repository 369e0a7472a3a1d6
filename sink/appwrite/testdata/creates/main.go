// Command creates lands users through the sink and prints what processor time that
// took, for BenchmarkClientCost. Usage: creates USERS WORKERS; the server is named by
// APPWRITE_….
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"sync"
	"sync/atomic"

	"rehome/identity"
	"rehome/identity/forms"
	"rehome/sink"
	"rehome/sink/appwrite"
)

func main() {
	users, workers := number(1), number(2)
	s, err := appwrite.New(appwrite.Config{
		Endpoint: os.Getenv("APPWRITE_ENDPOINT"), Project: os.Getenv("APPWRITE_PROJECT_ID"),
		Key: identity.Secret(os.Getenv("APPWRITE_API_KEY")), Workers: workers,
	})
	if err != nil {
		log.Fatal(err)
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for n := next.Add(1); n <= int64(users); n = next.Add(1) {
				land(s, n)
			}
		})
	}
	all.Wait()
}

func land(s *appwrite.Sink, n int64) {
	u := identity.User{
		ID: fmt.Sprintf("go-%d", n), Email: fmt.Sprintf("go-%d@example.com", n), Name: fmt.Sprintf("User Number %d", n),
	}
	u.Hash, _ = forms.Example()
	results, err := s.Write(context.Background(), []sink.Landing{{User: u}})
	if err != nil || len(results) != 1 || results[0].Outcome != sink.Created {
		log.Fatalf("user %d: %v %v", n, results, err)
	}
}

func number(arg int) int {
	n, err := strconv.Atoi(os.Args[arg])
	if err != nil || n < 1 {
		log.Fatalf("usage: creates USERS WORKERS")
	}
	return n
}
