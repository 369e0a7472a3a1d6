#!/bin/sh
# Takes the pictures of the report that the README shows, of a practice run of
# 40,003 invented WordPress users. Wants the program as $1, the folder as $2.
# Needs go, node, npm, chromium; the font is the first of report.css that is
# installed (Debian: fonts-inter).
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
node pictures.mjs "$work"/runs/*/report.html "$folder"
