#!/bin/sh
# Takes the pictures that the README shows, of the report of a practice run of
# 40,003 invented WordPress users and of a terminal in its middle. Wants the program
# as $1, the folder as $2. Needs go, node, npm, chromium and tmux; the fonts are the
# first of report.css that is installed (Debian: fonts-inter) and DejaVu Sans Mono.
set -eu
program=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --no-fund --no-audit --silent
go run ../../fixtures/generate wordpress -n 40003 -duplicates 0.001 >"$work/wordpress.sql" 2>/dev/null
code=0
"$program" import "$work/wordpress.sql" --without-password --quiet --runs "$work/runs" >/dev/null || code=$?
test "$code" -eq 3 # its duplicates are rejected
./terminal.sh "$program" "$work/wordpress.sql" "$work/screen.txt"
node pictures.mjs "$work"/runs/*/report.html "$work/screen.txt" "$folder"
