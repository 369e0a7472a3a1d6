package rehearsal

import (
	"crypto/subtle"
	"encoding/json"
	"io"
	"net"
	"net/http"
)

// Control is the second door, for tests and curious people: what the server has
// counted, what it is, and what goes wrong. It wants the API key in X-Appwrite-Key,
// and refuses requests whose Host is not loopback, so that no web page can be
// made to ask for it under a name of its own.
//
//	GET /counts   Counts
//	GET /state    version, profile, project, users, faults
//	GET /faults   the faults in force, as text
//	PUT /faults   takes others, as text (see ParseFaults)
//	POST /settle  lets the background workers finish now (see Settle)
func (s *Server) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /counts", func(w http.ResponseWriter, _ *http.Request) { s.tell(w, s.Counts()) })
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { s.tell(w, s.state()) })
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, s.luck.now().String()+"\n") })
	mux.HandleFunc("PUT /faults", s.putFaults)
	mux.HandleFunc("POST /settle", func(w http.ResponseWriter, _ *http.Request) {
		s.Settle()
		w.WriteHeader(http.StatusNoContent)
	})
	return s.guard(mux)
}

// state is what the server is, without anything secret.
type state struct {
	Version string  `json:"version"`
	Profile Profile `json:"profile"`
	Project string  `json:"project"`
	Users   int     `json:"users"`
	Faults  string  `json:"faults"`
}

func (s *Server) state() state {
	return state{s.rules.version, s.cfg.Profile, s.cfg.Project, s.Users(), s.luck.now().String()}
}

func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			name = r.Host
		}
		switch {
		case !loopbackHost(name):
			http.Error(w, "the control listener answers loopback names only", http.StatusForbidden)
		case !s.holds(r.Header.Get("X-Appwrite-Key")):
			http.Error(w, "the control listener wants the API key in X-Appwrite-Key", http.StatusUnauthorized)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (s *Server) holds(secret string) bool {
	found := 0
	for _, k := range s.cfg.Keys {
		found |= subtle.ConstantTimeCompare([]byte(secret), []byte(k.Secret))
	}
	return found == 1
}

func (s *Server) tell(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}

// maxSpec bounds the text of faults.
const maxSpec = 4096

func (s *Server) putFaults(w http.ResponseWriter, r *http.Request) {
	spec, err := io.ReadAll(io.LimitReader(r.Body, maxSpec))
	if err == nil {
		var f Faults
		if f, err = ParseFaults(string(spec)); err == nil {
			err = s.SetFaults(f)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
