# Everything is built with Go alone. The tests also want a C compiler, for the race
# detector, and a Postgres server's programs; they say so where these are missing.

GO          ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
CONCURRENT  := ./migrate/... ./report/... ./sink/... ./cmd/...
# What only hashes, or takes thousands of users, stands in files without the race detector.
UNRACED     := $(shell grep -l '^//go:build !race' $$(find . -name '*_test.go'))
UNRACEDRUN  := $(shell grep -ho '^func Test[A-Za-z0-9_]*' $(UNRACED) /dev/null | sed 's/^func //' | paste -s -d '|' -)
TESTFLAGS   ?= -timeout 30m
FUZZTIME    ?= 30s
BENCHTIME   ?= 1s
TAGS        ?=
USERS       ?= 1000000
CHAOS       ?= 1000x300 50x2000
SEEDS       ?= 300
RELEASES    := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
GENERATE    := $(GO) run ./fixtures/generate

.PHONY: help build test tools race lint vuln fuzz bench soak conformance fixtures release report-check pictures

help: ## lists the targets
	@awk -F ':[^#]*## ' '/^[a-z]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## the program, ./rehome: static, the same bytes from the same source
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=auto -o rehome ./cmd/rehome

test: tools ## go vet and every test; packages with goroutines under the race detector, but for what would take minutes there
	$(GO) vet ./...
	$(GO) test $(TESTFLAGS) $$($(GO) list ./... | grep -vE '/(cmd|migrate|report|sink)(/|$$)')
	$(GO) test $(TESTFLAGS) -race $(CONCURRENT)
	$(GO) test $(TESTFLAGS) -run '^($(UNRACEDRUN))$$' $(sort $(dir $(UNRACED)))

tools: ## says what the tests need and this machine lacks
	@missing=$$(.ci/missing); test -z "$$missing" || { echo "the tests need $$missing, and install nothing by themselves; on Debian: apt-get install $$missing" >&2; exit 1; }

race: tools ## every test of every package under the race detector (slow: it hashes passwords)
	$(GO) test $(TESTFLAGS) -race ./...

lint: ## gofmt, go mod tidy, go vet and staticcheck find nothing
	$(GO) mod tidy -diff
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

vuln: ## govulncheck finds nothing; wants vuln.go.dev within reach, and says so where it is not
	@$(GO) run $(GOVULNCHECK) ./... || { status=$$?; echo 'vuln: findings stand above; an error about vuln.go.dev means that the database was out of reach and nothing was checked' >&2; exit $$status; }

fuzz: ## every fuzz target for FUZZTIME (30s); making inputs small, which can eat all of it, is tried once
	@set -e; packages=$$($(GO) list ./...); for package in $$packages; do \
		listed=$$($(GO) test -list '^Fuzz' $$package); \
		for target in $$(echo "$$listed" | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$package; \
		done; \
	done

bench: ## every benchmark for BENCHTIME (1s), with allocations, a million users into Postgres beside psql among them; TAGS=mariadb adds loading a dump into a real MariaDB
	$(GO) test -run '^$$' -tags "$(TAGS)" -bench . -benchmem -benchtime $(BENCHTIME) -timeout 2h ./...

conformance: build ## Appwrite's own client, of now and of the 1.5 era, against the rehearsal server (node, npm)
	sink/rehearsal/conformance/run.sh ./rehome

fixtures: ## writes exports of USERS (1000000) invented users to dist/
	@mkdir -p dist
	$(GENERATE) firebase -n $(USERS) -duplicates 0.001 -known 20 -known-out dist/known.csv -config-out dist/hash-config.txt > dist/firebase.json
	$(GENERATE) firebase -n $(USERS) -duplicates 0.001 -format csv > dist/firebase.csv
	$(GENERATE) wordpress -n $(USERS) -duplicates 0.001 > dist/wordpress.sql
	$(GENERATE) csv -n $(USERS) -duplicates 0.001 > dist/users.csv

soak: build fixtures ## a practice migration of USERS users (its duplicates: exit 3), and imports killed at random: CHAOS rounds (1000x300 50x2000) against Appwrite, SEEDS (300) against Postgres (pgbouncer)
	./rehome import dist/firebase.json --hash-config dist/hash-config.txt --known dist/known.csv --runs dist/runs; test $$? -eq 3
	REHOME_CHAOS="$(CHAOS)" $(GO) test -count 1 -timeout 6h -parallel 4 -run TestKilledImports ./cmd/rehome
	REHOME_SEEDS=$(SEEDS) $(GO) test -count 1 -timeout 6h -run TestKilledPostgresImports ./cmd/rehome

report-check: build ## the report of every kind of run in Chromium: console, network, axe-core, schema (node, npm, chromium)
	report/check/run.sh ./rehome dist/report-check

pictures: build ## the README's pictures of report and terminal (node, npm, chromium, fonts-inter, tmux)
	report/check/pictures.sh ./rehome docs/pictures

release: ## static binaries for six systems and their checksums, in dist/release
	@rm -rf dist/release && mkdir -p dist/release
	@set -e; for target in $(RELEASES); do \
		os=$${target%/*} arch=$${target#*/}; suffix=; [ $$os = windows ] && suffix=.exe; \
		echo "rehome-$$os-$$arch$$suffix"; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build -trimpath -buildvcs=true -ldflags '-s -w' -o dist/release/rehome-$$os-$$arch$$suffix ./cmd/rehome; \
	done
	@cd dist/release && sha256sum rehome-* > SHA256SUMS && cat SHA256SUMS
