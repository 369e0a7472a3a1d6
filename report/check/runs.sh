#!/bin/sh
# Makes the runs whose reports are checked, in the folder $2, with the program $1:
# one of each kind. Prints the path of each report.
set -eu
program=$(realpath "$1")
exports=$(realpath "$(dirname "$0")/../../fixtures/exports")
mkdir -p "$2"
cd "$2"

# run NAME ARGUMENTS …: an import whose exit code may be that of rejected records.
run() {
	name=$1
	shift
	code=0
	"$program" import "$@" --runs "$name" --quiet >/dev/null 2>"$name.txt" || code=$?
	if ! ls -d "$name"/*/report.html; then
		echo "$name: no report, exit $code" >&2
		cat "$name.txt" >&2
		return 1
	fi
}

firebase=$exports/firebase/firebase-default
run practice "$firebase.json" --hash-config "$firebase.hash-config.txt" --known "$firebase.passwords.csv" --logins 4
run dry-run "$firebase.json" --hash-config "$firebase.hash-config.txt" --to appwrite --dry-run
run details "$exports/wordpress/wp68-upgraded.full.sql.gz" --without-password --report-details
run refused "$exports/firebase/firebase-nondefault.json" --hash-config "$exports/firebase/firebase-nondefault.hash-config.txt" --report-details
run stopped "$exports/wordpress/wp68-upgraded.full.sql.gz" --max-errors 0
run sites "$exports/wordpress/wpms.full.sql.gz" --dry-run
run table "$exports/csv/plain-comma.csv" --dry-run
