package rehearsal

import (
	"net/http"
	"strings"
)

// endpoint is a line of the table in routes.go.
type endpoint struct {
	method, path string
	scope        string // what the caller needs; several, separated by blanks: any of them
	status       int    // of a success
	params       []param
	run          func(*call) *refusal
}

// route is an endpoint with its path taken apart.
type route struct {
	endpoint
	limited limited
	parts   []string // names of the {parts} of path
	shapes  []string // the segments of path; "" for a part
}

// table finds routes. Fixed segments win over {parts}.
type table struct{ byShape map[shapeKey][]*route }

type shapeKey struct {
	method   string
	segments int
}

func newTable(endpoints []endpoint) *table {
	t := &table{byShape: map[shapeKey][]*route{}}
	for _, e := range endpoints {
		rt := &route{endpoint: e, limited: limitOf(e)}
		for s := range strings.SplitSeq(strings.Trim(rt.path, "/"), "/") {
			if name, ok := strings.CutPrefix(s, "{"); ok {
				rt.parts, s = append(rt.parts, strings.TrimSuffix(name, "}")), ""
			}
			rt.shapes = append(rt.shapes, s)
		}
		k := shapeKey{rt.method, len(rt.shapes)}
		t.byShape[k] = append(t.byShape[k], rt)
	}
	return t
}

// single is a path with each run of slashes taken for one, as 1.9 routes it.
func single(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return path
}

// find matches a path, with or without a slash at its end. The table lists fixed
// paths before those with parts, and the first match counts.
func (t *table) find(method, path string) (*route, []string) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var segments [8]string
	n := 0
	for s := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if n == len(segments) {
			return nil, nil
		}
		segments[n] = s
		n++
	}
	for _, rt := range t.byShape[shapeKey{method, n}] {
		if parts, ok := rt.match(segments[:n]); ok {
			return rt, parts
		}
	}
	return nil, nil
}

func (rt *route) match(segments []string) ([]string, bool) {
	for i, s := range rt.shapes {
		if s != "" && s != segments[i] {
			return nil, false
		}
	}
	var parts []string
	for i, s := range rt.shapes {
		if s == "" {
			parts = append(parts, segments[i])
		}
	}
	return parts, true
}

// unknownRoute answers what is not in the table.
func (s *Server) unknownRoute(r *http.Request) answer {
	s.refusals.Add(1)
	switch path := strings.Trim(r.URL.Path, "/"); {
	case r.Method == http.MethodOptions:
		return preflight(r)
	case path == "" && s.rules.htmlNotFound:
		return answer{status: http.StatusMovedPermanently, kind: "text/html", header: [][2]string{{"Location", "/console/"}}}
	case path == "":
		return answer{status: http.StatusOK, kind: "text/html; charset=UTF-8", body: []byte("<!DOCTYPE html><title>rehearsal server</title>")}
	case s.rules.htmlNotFound:
		return answer{
			status: http.StatusNotFound, kind: "text/html; charset=UTF-8", body: []byte(notFoundPage),
			header: [][2]string{{"Cache-Control", "no-cache, no-store, must-revalidate"}},
		}
	}
	return refused(refuse(routeNotFound), s.rules.version)
}

// notFoundPage stands where Appwrite 1.9 has a page of 9 kB: a client must not
// read a 404 as JSON.
const notFoundPage = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>404</title></head><body><h1>Page not found</h1></body></html>\n"

// preflight answers a CORS question, which needs no key.
func preflight(r *http.Request) answer {
	return answer{status: http.StatusNoContent, kind: "text/html", header: [][2]string{
		{"Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE"},
		{"Access-Control-Allow-Headers", "Origin, Cookie, Set-Cookie, X-Requested-With, Content-Type, Access-Control-Allow-Origin, X-Appwrite-Project, X-Appwrite-Key, X-Appwrite-Session, X-Appwrite-JWT, X-Appwrite-Response-Format, X-Fallback-Cookies"},
		{"Access-Control-Allow-Origin", r.Header.Get("Origin")},
		{"Access-Control-Allow-Credentials", "true"},
	}}
}
