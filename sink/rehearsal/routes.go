package rehearsal

import (
	"net/http"
	"slices"
)

// routes is everything the server answers, with what it asks for: who may call,
// and the parameters in the order in which they are checked. Fixed paths stand
// before paths with {parts} of the same length.
func routes(r rules, c checks) []endpoint {
	const (
		get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
		read, write                = "users.read", "users.write"
		open, self                 = "sessions.write", "account"
		ok, made, gone             = http.StatusOK, http.StatusCreated, http.StatusNoContent
	)
	sessionsRead, sessionsWrite := read, write
	if r.sessionScopes {
		sessionsRead, sessionsWrite = "users.read sessions.read", "users.write sessions.write"
	}
	targetsRead, targetsWrite := read, write
	if r.targetScopes {
		targetsRead, targetsWrite = "targets.read", "targets.write"
	}

	user := need("userId", c.uid)
	newUser := []param{need("userId", c.id), need("email", c.email), need("password", c.hash)}
	name := may("name", c.name, text(""))
	hashed := func(more ...param) []param { return append(append(append([]param(nil), newUser...), more...), name) }
	queries := func(s schema) param { return may("queries", s.test, list()) }
	search := may("search", c.search, text(""))
	target := need("targetId", c.uid)
	credentials := []param{need("email", c.email), need("password", c.password)}
	total := may("total", c.loose, truth(true))

	memberships := []param{user}
	if r.totalSwitch {
		memberships = []param{user, queries(membershipQueries(r)), search, total}
	}

	all := []endpoint{
		{get, "/v1/health/version", "public", ok, nil, healthVersion},
		{get, "/v1/health", "health.read", ok, nil, health},
		{get, "/v1/health/db", "health.read", ok, nil, healthDB},

		{post, "/v1/users", write, made, []param{need("userId", c.id), may("email", c.emailOrNull, value{}), may("phone", c.phoneOrNull, value{}), may("password", c.newPassword, text("")), name}, createPlain},
		{post, "/v1/users/argon2", write, made, hashed(), createHashed(argon2)},
		{post, "/v1/users/bcrypt", write, made, hashed(), createHashed(bcrypt)},
		{post, "/v1/users/md5", write, made, hashed(), createHashed(md5)},
		{post, "/v1/users/phpass", write, made, hashed(), createHashed(phpass)},
		{post, "/v1/users/sha", write, made, hashed(may("passwordVersion", c.version, text(""))), createSHA},
		{post, "/v1/users/scrypt", write, made, hashed(need("passwordSalt", c.param128), need("passwordCpu", c.cost), need("passwordMemory", c.cost), need("passwordParallel", c.cost), need("passwordLength", c.cost)), createScrypt},
		{post, "/v1/users/scrypt-modified", write, made, hashed(need("passwordSalt", c.param128), need("passwordSaltSeparator", c.param128), need("passwordSignerKey", c.param128)), createScryptMod},

		{get, "/v1/users", read, ok, []param{queries(userQueries(r)), search, total}, listUsers},
		{get, "/v1/users/identities", read, ok, []param{queries(identityQueries(r)), search, total}, listIdentities},
		{get, "/v1/users/usage", read, ok, nil, usage},
		{get, "/v1/users/{userId}", read, ok, []param{user}, getUser},
		{del, "/v1/users/{userId}", write, gone, []param{user}, deleteUser},
		{del, "/v1/users/identities/{identityId}", write, gone, []param{need("identityId", c.uid)}, deleteIdentity},

		{patch, "/v1/users/{userId}/email", write, ok, []param{user, need("email", c.emailOrNone)}, updateEmail},
		{patch, "/v1/users/{userId}/phone", write, ok, []param{user, need("number", c.phoneOrNone)}, updatePhone},
		{patch, "/v1/users/{userId}/name", write, ok, []param{user, need("name", c.nameOrNone)}, updateName},
		{patch, "/v1/users/{userId}/password", write, ok, []param{user, need("password", c.setPassword)}, updatePassword},
		{patch, "/v1/users/{userId}/status", write, ok, []param{user, need("status", c.loose)}, updateStatus},
		{patch, "/v1/users/{userId}/verification", write, ok, []param{user, need("emailVerification", c.truth)}, updateFlag("emailVerification", emailVerified)},
		{patch, "/v1/users/{userId}/verification/phone", write, ok, []param{user, need("phoneVerification", c.truth)}, updateFlag("phoneVerification", phoneVerified)},
		{patch, "/v1/users/{userId}/mfa", write, ok, []param{user, need("mfa", c.truth)}, updateFlag("mfa", mfaOn)},
		{put, "/v1/users/{userId}/labels", write, ok, []param{user, need("labels", c.labels)}, updateLabels},
		{get, "/v1/users/{userId}/prefs", read, ok, []param{user}, getPrefs},
		{patch, "/v1/users/{userId}/prefs", write, ok, []param{user, need("prefs", c.prefs)}, updatePrefs},

		{get, "/v1/users/{userId}/sessions", sessionsRead, ok, []param{user, total}, listSessions},
		{post, "/v1/users/{userId}/sessions", sessionsWrite, made, []param{need("userId", c.id)}, createSession},
		{del, "/v1/users/{userId}/sessions", sessionsWrite, gone, []param{user}, deleteSessions},
		{del, "/v1/users/{userId}/sessions/{sessionId}", sessionsWrite, gone, []param{user, need("sessionId", c.uid)}, deleteSession},

		{get, "/v1/users/{userId}/targets", targetsRead, ok, []param{user, queries(targetQueries(r)), total}, listTargets},
		{post, "/v1/users/{userId}/targets", targetsWrite, made, []param{need("targetId", c.id), user, need("providerType", c.provider), need("identifier", c.text255), may("providerId", c.uid, text("")), name}, createTarget},
		{get, "/v1/users/{userId}/targets/{targetId}", targetsRead, ok, []param{user, target}, getTarget},
		{patch, "/v1/users/{userId}/targets/{targetId}", targetsWrite, ok, []param{user, target, may("identifier", c.text255, text("")), may("providerId", c.uid, text("")), name}, updateTarget},
		{del, "/v1/users/{userId}/targets/{targetId}", targetsWrite, gone, []param{user, target}, deleteTarget},

		{get, "/v1/users/{userId}/memberships", read, ok, memberships, listMemberships},
		{get, "/v1/users/{userId}/logs", read, ok, []param{user, queries(logQueries(r)), total}, listLogs},
		{post, "/v1/users/{userId}/tokens", write, made, []param{user, may("length", c.length, number(tokenLength)), may("expire", c.expire, number(tokenExpire))}, createToken},

		{get, "/v1/users/{userId}/mfa/factors", read, ok, []param{user}, mfaFactors},
		{get, "/v1/users/{userId}/mfa/recovery-codes", read, ok, []param{user}, getRecovery},
		{patch, "/v1/users/{userId}/mfa/recovery-codes", write, ok, []param{user}, createRecovery},
		{put, "/v1/users/{userId}/mfa/recovery-codes", write, ok, []param{user}, replaceRecovery},
		{del, "/v1/users/{userId}/mfa/authenticators/{type}", write, gone, []param{user, need("type", c.totp)}, deleteAuthenticator},

		{post, "/v1/account", open, made, []param{need("userId", c.id), need("email", c.email), need("password", c.newPassword), name}, signUp},
		{get, "/v1/account", self, ok, nil, getAccount},
		{get, "/v1/account/prefs", self, ok, nil, accountPrefs},
		{patch, "/v1/account/prefs", self, ok, []param{need("prefs", c.prefs)}, updateAccountPrefs},
		{get, "/v1/account/sessions", self, ok, nil, accountSessions},
		{post, "/v1/account/sessions", open, made, credentials, login},
		{post, "/v1/account/sessions/email", open, made, credentials, login},
		{post, "/v1/account/sessions/token", open, made, []param{need("userId", c.id), need("secret", c.secret)}, tokenLogin},
		{del, "/v1/account/sessions/{sessionId}", self, gone, []param{need("sessionId", c.uid)}, endSession},

		{post, "/v1/teams", "teams.write", made, []param{need("teamId", c.id), need("name", c.name)}, createTeam},
		{post, "/v1/teams/{teamId}/memberships", "teams.write", made, []param{need("teamId", c.uid), may("email", c.email, text("")), may("userId", c.uid, text("")), may("phone", c.phone, text("")), need("roles", c.roles), may("url", c.anyText, text("")), name}, createMembership},
	}
	if r.jwts {
		all = append(all,
			endpoint{post, "/v1/users/{userId}/jwts", write, made, []param{user, may("sessionId", c.uid, text("")), may("duration", c.duration, number(jwtSeconds))}, createJWT},
			endpoint{get, "/v1/project/policies", "policies.read project.policies.read", ok, nil, listPolicies},
			endpoint{patch, "/v1/users/{userId}/impersonator", write, ok, []param{user, need("impersonator", c.loose)}, updateFlag("impersonator", canImpersonate)})
	}
	if !r.totalSwitch {
		for i, e := range all {
			all[i].params = slices.DeleteFunc(slices.Clone(e.params), func(p param) bool { return p.name == "total" })
		}
	}
	return all
}
