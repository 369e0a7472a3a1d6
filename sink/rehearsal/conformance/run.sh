#!/bin/sh
# Runs both clients, each against a server of its age. Needs node and npm; wants
# the program as $1.
set -eu
program=$(realpath "$1")
cd "$(dirname "$0")"
command -v npm >/dev/null || { echo 'conformance needs node and npm (Debian: apt-get install nodejs npm)' >&2; exit 1; }
npm install --no-fund --no-audit --silent

drive() {
	folder=$(mktemp -d)
	mkfifo "$folder/target"
	"$program" rehearse --listen 127.0.0.1:0 --profile "$2" >"$folder/target" 2>/dev/null &
	server=$!
	trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
	(eval "$(cat "$folder/target")"; node client.mjs "$1")
	kill "$server"; wait "$server" 2>/dev/null || true; rm -rf "$folder"
}

drive appwrite-now 1.9
drive appwrite-then 1.5
