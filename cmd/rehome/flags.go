package main

import (
	"strings"
	"time"

	"github.com/urfave/cli/v2"
)

// Every flag has a variable REHOME_…, except those that stand for a decision:
// a decision is made anew each time.

func text(name, usage string) *cli.StringFlag {
	return &cli.StringFlag{Name: name, Usage: usage, EnvVars: variable(name)}
}

func textDefault(name, value, usage string) *cli.StringFlag {
	f := text(name, usage)
	f.Value = value
	return f
}

func number(name string, value int, usage string) *cli.IntFlag {
	return &cli.IntFlag{Name: name, Value: value, Usage: usage, EnvVars: variable(name)}
}

func toggle(name, usage string) *cli.BoolFlag {
	return &cli.BoolFlag{Name: name, Usage: usage, EnvVars: variable(name)}
}

func decision(name, usage string) *cli.BoolFlag { return &cli.BoolFlag{Name: name, Usage: usage} }

func variable(name string) []string {
	return []string{"REHOME_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))}
}

func join(sets ...[]cli.Flag) (all []cli.Flag) {
	for _, s := range sets {
		all = append(all, s...)
	}
	return all
}

// sourceFlags say how to read FILE.
func sourceFlags() []cli.Flag {
	return about("how FILE is read",
		text("from", "firebase, wordpress or csv; detected from the content when left out"),
		text("hash-config", "`FILE` with the hash_config block of the Firebase console"),
		text("hash-algo", "CSV: the `ALGORITHM` of hashes that do not say it, such as sha256, \"salted-sha256 salt+password\", \"pbkdf2-raw sha512 n=210000\"; rehome solve finds it (Firebase: SCRYPT)"),
		number("rounds", 0, "Firebase's rounds, 1 to 8"),
		number("mem-cost", 0, "Firebase's mem_cost, 1 to 14"),
		text("hash-key", "Firebase's base64_signer_key, as `@FILE`; or the variable REHOME_HASH_KEY"),
		text("salt-separator", "Firebase's base64_salt_separator, as `@FILE`; or the variable REHOME_SALT_SEPARATOR"),
		text("table-prefix", "WordPress: the `PREFIX` of its tables, db.wp_ where databases share one; found by looking"),
		number("site", 0, "WordPress multisite: `N`, the site whose roles count"),
		text("meta", "WordPress: `KEY,KEY` of usermeta to carry as attributes"),
		text("map", "CSV: `FIELD=HEADER,…`, such as id=uid,email=mail; 'disabled=status:banned|2' names the values that keep people out, :!active those that do not"),
		text("ignore", "CSV: `NAME,…` of columns that look like a state or a hash and are left"),
		text("columns", "CSV without a header: the `FIELD,…` of its columns"),
		text("delimiter", "CSV: the `CHARACTER` between fields, or tab; found by looking"),
		text("encoding", "the text's `ENCODING`, or utf8-as-latin1 for text encoded twice"),
		text("region", "`COUNTRY` of phone numbers that do not name theirs, such as DE"),
		decision("plaintext", "CSV: take a column of plain passwords"),
		toggle("accept-truncated", "use what stands before the cut of a file that was cut off"),
	)
}

// landingFlags say what lands, and are part of the move.
func landingFlags() []cli.Flag {
	return about("what lands",
		textDefault("id", "auto", "`RULE`: auto, keep, prefix:TEXT or uuid"),
		textDefault("roles", "drop", "labels or drop; at Appwrite a label is an access right"),
		textDefault("claims", "drop", "prefs or drop"),
		textDefault("dates", "drop", "prefs or drop"),
		decision("without-password", "land users whose hash the target can never verify, without it"),
		decision("allow-undocumented", "let crypt strings in through Appwrite's bcrypt endpoint, which verifies them without promising it"),
		text("only", "land only the ids listed in `FILE`, one a line"),
		text("except", "leave out the ids listed in `FILE`, one a line"),
		number("limit", 0, "land the first `N` users only"),
	)
}

// targetFlags say where to.
func targetFlags() []cli.Flag {
	return append(about("where to",
		textDefault("to", "", "`TARGET`: rehearsal (the default), appwrite, https://host/v1, postgres or postgres://host/db"),
		&cli.StringFlag{Name: "endpoint", Usage: "Appwrite's endpoint, https://host/v1", EnvVars: []string{"REHOME_ENDPOINT", "APPWRITE_ENDPOINT"}},
		&cli.StringFlag{Name: "project", Usage: "Appwrite's project id", EnvVars: []string{"REHOME_PROJECT", "APPWRITE_PROJECT_ID"}},
		text("api-key-file", "`FILE` with the API key; or the variable APPWRITE_API_KEY"),
		&cli.DurationFlag{Name: "patience", Value: 2 * time.Minute, Usage: "how long to wait for a target that is down or throttles", EnvVars: variable("patience")},
		text("profile", "1.5 or 1.9: whose rules an offline dry run judges by; online the server says it"),
	), postgresFlags()...)
}

// postgresFlags say how users lie in a database.
func postgresFlags() []cli.Flag {
	return about("Postgres",
		text("layout", "Postgres: `LAYOUT`, generic (a table of your own) or supabase (Supabase Auth)"),
		textDefault("schema", "rehome", "Postgres: the `SCHEMA` of our own tables"),
		toggle("create", "Postgres: make the schema and the tables that are missing"),
		toggle("empty-target", "Postgres, generic: the table is empty, so build its indexes last"),
		decision("confirm-emails", "Supabase: count every address as confirmed; it lets nobody else in, and it trusts whoever registered an address"),
	)
}

// proofFlags say which passwords are known.
func proofFlags() []cli.Flag {
	return about("known passwords",
		text("known", "CSV `FILE` of known accounts: id, login, email or phone, and password; - is standard input"),
		toggle("ask", "ask for one known account, the password without echo"),
	)
}

// outputFlags say how to speak.
func outputFlags() []cli.Flag {
	return about("output",
		toggle("json", "events on standard output, one JSON object a line"),
		toggle("quiet", "no words and no progress, errors only"),
		toggle("no-color", "no colours (also NO_COLOR)"),
		toggle("report-details", "name the people concerned in the report, by id and masked address"),
	)
}

func rateFlag() cli.Flag {
	return &cli.Float64Flag{Name: "rps", Usage: "Appwrite: at most `N` requests a second; a user is one to eight", EnvVars: variable("rps")}
}

func runsFlag() cli.Flag {
	return textDefault("runs", defaultRuns, "`DIR` that holds the run folders")
}

const defaultRuns = "rehome-runs"
