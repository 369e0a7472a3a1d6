package rehearsal

import (
	"net/http"
	"strconv"
)

// refusal is an error answer of the server. It is data, not an error of ours.
type refusal struct {
	status  int
	kind    string // Appwrite's error type; "" for the 500 that has none
	message string
}

// The refusals, as Appwrite's app/config/errors.php words them. What a profile
// words differently stands in its rules.
const (
	argumentInvalid       = "general_argument_invalid"
	queryInvalid          = "general_query_invalid"
	cursorNotFound        = "general_cursor_not_found"
	unauthorizedScope     = "general_unauthorized_scope"
	rateLimitExceeded     = "general_rate_limit_exceeded"
	unknownOrigin         = "general_unknown_origin"
	routeNotFound         = "general_route_not_found"
	apiDisabled           = "general_api_disabled"
	serviceDisabled       = "general_service_disabled"
	invalidEmail          = "general_invalid_email"
	invalidPhone          = "general_invalid_phone"
	serverError           = "general_unknown"
	countExceeded         = "user_count_exceeded"
	projectNotFound       = "project_not_found"
	projectIDMissing      = "project_id_missing"
	projectKeyExpired     = "project_key_expired"
	userUnauthorized      = "user_unauthorized"
	userExists            = "user_already_exists"
	emailExists           = "user_email_already_exists"
	phoneExists           = "user_phone_already_exists"
	targetExists          = "user_target_already_exists"
	userNotFound          = "user_not_found"
	targetNotFound        = "user_target_not_found"
	sessionNotFound       = "user_session_not_found"
	sessionExists         = "user_session_already_exists"
	identityNotFound      = "user_identity_not_found"
	authenticatorNotFound = "user_authenticator_not_found"
	recoveryNotFound      = "user_recovery_codes_not_found"
	recoveryExists        = "user_recovery_codes_already_exists"
	invalidCredentials    = "user_invalid_credentials"
	invalidToken          = "user_invalid_token"
	userBlocked           = "user_blocked"
	jwtInvalid            = "user_jwt_invalid"
	keyAndSession         = "user_api_key_and_session_set"
	passwordPersonal      = "password_personal_data"
	passwordRecent        = "password_recently_used"
	methodUnsupported     = "user_auth_method_unsupported"
	moreFactors           = "user_more_factors_required"
	documentExists        = "document_already_exists"
	providerNotFound      = "provider_not_found"
	teamNotFound          = "team_not_found"
	teamExists            = "team_already_exists"
	inviteExists          = "team_invite_already_exists"
	membershipConfirmed   = "membership_already_confirmed"
)

var refusals = map[string]refusal{
	unknownOrigin:         {403, unknownOrigin, "The request originated from an unknown origin. If you trust this domain, please list it as a trusted platform in the Appwrite console."},
	moreFactors:           {401, moreFactors, "More factors are required to complete the sign in process."},
	countExceeded:         {400, countExceeded, "The current project has exceeded the maximum number of users. Please check your user limit in the Appwrite console."},
	rateLimitExceeded:     {429, rateLimitExceeded, "Rate limit for the current endpoint has been exceeded. Please try again after some time."},
	apiDisabled:           {403, apiDisabled, "The requested API is disabled. You can enable the API from the Appwrite console."},
	serviceDisabled:       {403, serviceDisabled, "The requested service is disabled. You can enable the service from the Appwrite console."},
	routeNotFound:         {404, routeNotFound, "The requested route was not found. Please refer to the API docs and try again."},
	invalidEmail:          {400, invalidEmail, "Value must be a valid email address."},
	invalidPhone:          {400, invalidPhone, "Value must be a valid phone number. Format this number with a leading '+' and a country code, e.g., +16175551212."},
	serverError:           {500, serverError, "Server Error"},
	projectNotFound:       {404, projectNotFound, "Project with the requested ID could not be found. Please check the value of the X-Appwrite-Project header to ensure the correct project ID is being used."},
	projectIDMissing:      {403, projectIDMissing, "When using project API key, make sure to pass x-appwrite-project header with your project ID."},
	projectKeyExpired:     {401, projectKeyExpired, "The project key has expired. Please generate a new key using the Appwrite console."},
	userUnauthorized:      {401, userUnauthorized, "The current user is not authorized to perform the requested action."},
	userExists:            {409, userExists, "A user with the same id, email, or phone already exists in this project."},
	emailExists:           {409, emailExists, "A user with the same email already exists in the current project."},
	phoneExists:           {409, phoneExists, "A user with the same phone number already exists in the current project."},
	targetExists:          {409, targetExists, "A target with the same ID already exists."},
	userNotFound:          {404, userNotFound, "User with the requested ID could not be found."},
	targetNotFound:        {404, targetNotFound, "The target could not be found."},
	sessionNotFound:       {404, sessionNotFound, "The current user session could not be found."},
	sessionExists:         {401, sessionExists, "Creation of a session is prohibited when a session is active."},
	identityNotFound:      {404, identityNotFound, "The identity could not be found. Please sign in with OAuth provider to create identity first."},
	authenticatorNotFound: {404, authenticatorNotFound, "Authenticator could not be found on the current user."},
	recoveryNotFound:      {404, recoveryNotFound, "Recovery codes could not be found on the current user."},
	recoveryExists:        {409, recoveryExists, "The current user already generated recovery codes and they can only be read once for security reasons."},
	invalidCredentials:    {401, invalidCredentials, "Invalid credentials. Please check the email and password."},
	invalidToken:          {401, invalidToken, "Invalid token passed in the request."},
	keyAndSession:         {403, keyAndSession, "API key and session used in the same request. Use either `setSession` or `setKey`. Learn about which authentication method to use in the SSR docs: https://appwrite.io/docs/products/auth/server-side-rendering"},
	passwordPersonal:      {400, passwordPersonal, "The password you are trying to use contains references to your name, email, phone or userID. For your security, please choose a different password and try again."},
	passwordRecent:        {400, passwordRecent, "The password you are trying to use is similar to your previous password. For your security, please choose a different password and try again."},
	methodUnsupported:     {501, methodUnsupported, "The requested authentication method is either disabled or unsupported. Please check the supported authentication methods in the Appwrite console."},
	documentExists:        {409, documentExists, "Document with the requested ID already exists. Try again with a different ID or use ID.unique() to generate a unique ID."},
	providerNotFound:      {404, providerNotFound, "Provider with the requested ID could not be found."},
	teamNotFound:          {404, teamNotFound, "Team with the requested ID could not be found."},
	teamExists:            {409, teamExists, "Team with requested ID already exists. Please choose a different ID and try again."},
	inviteExists:          {409, inviteExists, "User has already been invited or is already a member of this team"},
	membershipConfirmed:   {409, membershipConfirmed, "Membership is already confirmed."},
}

// refuse is the refusal of a kind in its standard words. A kind without words
// is a server error, as an unmapped exception is there.
func refuse(kind string) *refusal {
	r, known := refusals[kind]
	if !known {
		r = refusals[serverError]
	}
	return &r
}

func badArgument(message string) *refusal {
	return &refusal{http.StatusBadRequest, argumentInvalid, message}
}

func badQuery(message string) *refusal {
	return &refusal{http.StatusBadRequest, queryInvalid, message}
}

// appendJSON writes the error body. Without a kind, the error was met before
// Appwrite's own handler: "Error: " stands in front and type is missing.
func (r *refusal) appendJSON(b []byte, version string) []byte {
	b = append(b, `{"message":`...)
	b = appendText(b, r.message, false)
	b = append(b, `,"code":`...)
	b = strconv.AppendInt(b, int64(r.status), 10)
	if r.kind != "" {
		b = append(b, `,"type":"`...)
		b = append(append(b, r.kind...), '"')
	}
	b = append(b, `,"version":"`...)
	return append(append(b, version...), `"}`...)
}
