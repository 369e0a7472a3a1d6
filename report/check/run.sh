#!/bin/sh
# Opens the report of every kind of run in Chromium. Wants the program as $1;
# pictures and prints are left in $2 (dist/report-check). Needs node, npm, chromium.
set -eu
program=$(realpath "$1")
mkdir -p "${2:-dist/report-check}"
folder=$(realpath "${2:-dist/report-check}")
cd "$(dirname "$0")"
command -v npm >/dev/null || { echo 'the check of the report needs node, npm and chromium (Debian: apt-get install nodejs npm chromium)' >&2; exit 1; }
npm install --no-fund --no-audit --silent
rm -rf "$folder/runs"
./runs.sh "$program" "$folder/runs" >"$folder/reports.txt"
sed "s|^|$folder/runs/|" "$folder/reports.txt" | xargs node check.mjs "$folder"
