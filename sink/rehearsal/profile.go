package rehearsal

// Profile is the Appwrite version the server plays.
type Profile string

// The profiles.
const (
	V15 Profile = "1.5" // Appwrite 1.5.11
	V19 Profile = "1.9" // Appwrite 1.9.6
)

// rules is everything in which the two profiles differ. A handler asks a rule,
// never the profile's name, so that this page is the whole difference. Each is
// from the two recordings (see doc.go) unless it names a source.
type rules struct {
	version string

	// What parameters may be.
	trimEmail      bool   // the check, not the storage, trims addresses: " a@b.c" is another user than "a@b.c"
	nullEmailBad   bool   // PATCH email null is 400; before, a type error and 500
	nullNameIsNone bool   // name null on create is ""; before, 500
	phoneParsed    bool   // the number's country code must exist
	orNull         string // appended to texts of nullable parameters
	intText        string // of scrypt's costs
	int32s         bool   // scrypt's costs must fit 32 bits
	password265    bool   // the text with the typing error, "265 characters", on plain passwords
	maxInt         string // in texts about limits

	// What is stored and shown.
	emailFacts     bool // emailCanonical and its four companions
	impersonator   bool
	targetExpired  bool
	newOptions     bool // hashOptions as utopia-php/auth names them
	optionsChecked bool // the hash class refuses bad options on create, as a 500
	shaDefault     string
	emptyPhoneNull bool // PATCH phone "" stores no phone; before, "", which only one user may have
	accessedAt     bool // a login fills it
	membershipMore bool // userPhone, userAccessedAt
	logMore        bool // mode, userType

	// How it behaves.
	blocked         refusal
	invited         string // the refusal of a second membership
	scopeText       func(who, scope string) string
	wrongKey        string // refusal of a key that is not the project's; "": as a guest
	keyNeedsProject bool   // 403 when a key comes without project header
	projectInQuery  bool   // ?project= names the project even with a key
	targetScopes    bool   // targets.read and targets.write guard targets
	htmlNotFound    bool   // unknown routes answer with a page
	slashesMerge    bool   // "//users" is routed as "/users"
	jwts            bool
	sessionScopes   bool // sessions.read and sessions.write open the session routes too
	sessionLimit    int
	serverFactor    bool // a server session has the factor "server"
	dropSessions    bool // setting a password with a key ends the sessions
	countFailures   bool // only failed logins count
	lateCleanUp     bool // what belonged to a deleted user goes later
	dropsUntaken    bool // a request whose client hangs up before a worker takes it is dropped
	staleSubqueries bool // a session made with a key is not listed until something else changes
	takenTarget     string
	maxValues       int  // of one condition, as the database takes them
	manyValues      int  // as the check of the parameter takes them
	strictQueries   bool // the newer query parser
	pageValues      int  // 0: a page has no bound
	checkDates      bool
	totalSwitch     bool // ?total=
	identitySearch  string
	extraMethods    []string
}

func rulesOf(p Profile) rules {
	if p == V15 {
		return rules15()
	}
	return rules19()
}

func rules15() rules {
	return rules{
		version:         "1.5.11",
		intText:         "Value must be a valid integer",
		password265:     true,
		maxInt:          "9,223,372,036,854,775,808",
		shaDefault:      "sha3-512",
		accessedAt:      true,
		blocked:         refusal{401, userBlocked, `The current user has been blocked. You can unblock the user by making a request to the User API's "Update User Status" endpoint or in the Appwrite Console's Auth section.`},
		invited:         inviteExists,
		scopeText:       func(who, scope string) string { return who + " missing scope (" + scope + ")" },
		projectInQuery:  true,
		targetScopes:    true,
		sessionLimit:    10,
		lateCleanUp:     true,
		staleSubqueries: true,
		takenTarget:     documentExists,
		maxValues:       100,
		manyValues:      100,
		identitySearch:  queryInvalid,
	}
}

func rules19() rules {
	return rules{
		version:         "1.9.6",
		trimEmail:       true,
		nullEmailBad:    true,
		nullNameIsNone:  true,
		phoneParsed:     true,
		orNull:          " or null",
		intText:         "Value must be a valid signed 32-bit integer between -2,147,483,648 and 2,147,483,647",
		int32s:          true,
		maxInt:          "9,223,372,036,854,775,807",
		emailFacts:      true,
		impersonator:    true,
		targetExpired:   true,
		newOptions:      true,
		optionsChecked:  true,
		shaDefault:      "sha256",
		emptyPhoneNull:  true,
		membershipMore:  true,
		logMore:         true,
		blocked:         refusal{403, userBlocked, "The current user has been blocked."},
		invited:         membershipConfirmed,
		scopeText:       func(who, scope string) string { return who + ` missing scopes (["` + scope + `"])` },
		wrongKey:        userUnauthorized,
		keyNeedsProject: true,
		htmlNotFound:    true,
		slashesMerge:    true,
		jwts:            true,
		sessionScopes:   true,
		serverFactor:    true,
		dropSessions:    true,
		dropsUntaken:    true,
		countFailures:   true,
		takenTarget:     serverError,
		maxValues:       500,
		manyValues:      5000,
		strictQueries:   true,
		pageValues:      500,
		checkDates:      true,
		totalSwitch:     true,
		identitySearch:  serverError,
		extraMethods:    []string{"notContains", "notSearch", "notBetween", "notStartsWith", "notEndsWith", "orderRandom"},
	}
}
