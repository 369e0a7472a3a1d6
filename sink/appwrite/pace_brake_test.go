package appwrite

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestPaceCountsOvertakers: answers come back in any order, and what the server said
// in a late one was true before it counted others. No request is sent that a server
// which counts them as it takes them in has none left for.
func TestPaceCountsOvertakers(t *testing.T) {
	for seed := range uint64(50) {
		synctest.Test(t, func(t *testing.T) {
			w := &overtaken{
				pace: newPace(8, 8, 0), patience: patience{total: 2 * time.Hour, first: firstWait},
				most: 100, reset: time.Now().Add(time.Hour), dice: rand.New(rand.NewPCG(seed, 0)),
			}
			for w.send(t); len(w.flying) > 0; w.send(t) {
				time.Sleep(time.Millisecond)
				for range 1 + w.dice.IntN(len(w.flying)) {
					w.answer()
				}
			}
			if w.sent > w.most || w.sent < w.most-8 {
				t.Errorf("seed %d: %d requests were sent to a server that takes %d", seed, w.sent, w.most)
			}
		})
	}
}

// overtaken is a server that counts at once and answers in any order.
type overtaken struct {
	*pace
	patience patience
	most     int
	reset    time.Time
	dice     *rand.Rand
	sent     int
	flying   []numbered
}

type numbered struct {
	ticket
	number int
}

// send sends what the pace lets through now.
func (w *overtaken) send(t *testing.T) {
	for len(w.flying) < w.climb.limit && w.brake.wait(time.Now()) == 0 {
		ticket, err := w.enter(t.Context(), toCreate, w.patience)
		if err != nil {
			t.Fatal(err)
		}
		w.sent++
		w.flying = append(w.flying, numbered{ticket, w.sent})
	}
}

func (w *overtaken) answer() {
	at := w.dice.IntN(len(w.flying))
	r := w.flying[at]
	w.flying = slices.Delete(w.flying, at, at+1)
	answer := answerOf(http.StatusCreated, "X-RateLimit-Remaining", fmt.Sprint(max(0, w.most-r.number)), "X-RateLimit-Reset", fmt.Sprint(w.reset.Unix()))
	w.leave(r.ticket, answer, nil, w.patience)
}
