#!/bin/sh
# Runs both clients, each against a server of its age. Needs node and npm; wants
# the program as $1.
set -eu
program=$(realpath "$1")
cd "$(dirname "$0")"
command -v npm >/dev/null || { echo 'conformance needs node and npm (Debian: apt-get install nodejs npm)' >&2; exit 1; }
npm install --no-fund --no-audit --silent

drive() {
	env=$(mktemp)
	"$program" rehearse --listen 127.0.0.1:0 --profile "$2" >"$env" 2>/dev/null &
	server=$!
	trap 'kill "$server" 2>/dev/null || true; rm -f "$env"' EXIT
	until grep -q API_KEY "$env"; do sleep 0.1; done
	(set -a; . "$env"; node client.mjs "$1")
	kill "$server"; wait "$server" 2>/dev/null || true; rm -f "$env"
}

drive appwrite-now 1.9
drive appwrite-then 1.5
