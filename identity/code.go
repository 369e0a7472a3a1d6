package identity

// Code is the stable name of a problem or a loss. People script against codes
// and look them up; a code is never renamed.
type Code string

// Problems with a record or its place at the target.
const (
	RecordUnreadable Code = "record-unreadable"
	RecordTooLarge   Code = "record-too-large"
	RowBroken        Code = "row-broken"
	TextInvalid      Code = "text-invalid"
	IDMissing        Code = "id-missing"
	IDInvalid        Code = "id-invalid"
	IDDuplicate      Code = "id-duplicate"
	IDTaken          Code = "id-taken"
	EmailMissing     Code = "email-missing"
	EmailInvalid     Code = "email-invalid"
	EmailDuplicate   Code = "email-duplicate"
	EmailTaken       Code = "email-taken"
	AddressMissing   Code = "address-missing"
	PhoneInvalid     Code = "phone-invalid"
	PhoneDuplicate   Code = "phone-duplicate"
	PhoneTaken       Code = "phone-taken"
	LoginTaken       Code = "login-taken"
	HashMalformed    Code = "hash-malformed"
	HashUnsupported  Code = "hash-unsupported"
	HashParams       Code = "hash-params"
	HashCost         Code = "hash-cost"
	PasswordLength   Code = "password-length"
	PasswordSpelling Code = "password-spelling"
	PolicyPersonal   Code = "policy-personal-data"
	PolicyPassword   Code = "policy-password"
	TargetRefused    Code = "target-refused"
	AccountUnclear   Code = "account-unclear"
	AccountOpen      Code = "account-open"
	Excluded         Code = "excluded"
	SignedIn         Code = "signed-in"
	ChangedSince     Code = "changed-since"
)

// Losses: the user lands, but not with everything the source held.
const (
	LossAnonymous    Code = "anonymous"
	LossCreated      Code = "created-date"
	LossLastSignIn   Code = "last-sign-in"
	LossProvider     Code = "provider"
	LossFactor       Code = "mfa"
	LossClaims       Code = "claims"
	LossClaimsShape  Code = "claims-reshaped"
	LossRoles        Code = "roles"
	LossPhoto        Code = "photo"
	LossUsername     Code = "username"
	LossName         Code = "name-shortened"
	LossPhone        Code = "phone-dropped"
	LossPhoneProof   Code = "phone-unverified"
	LossPassword     Code = "password"
	LossPasswordGone Code = "password-not-exported"
	LossLocked       Code = "password-locked"
	LossRolesBroken  Code = "roles-unreadable"
	LossUnverified   Code = "address-unverified"
	LossAtProvider   Code = "lost-at-provider"
	LossLoginAddress Code = "login-address"
)

// AboutHash reports whether a problem is one of the hash alone: without it the user
// is whole.
func (c Code) AboutHash() bool {
	return c == HashMalformed || c == HashUnsupported || c == HashParams || c == HashCost
}

// CodeInfo is the entry of a code in the catalogue.
type CodeInfo struct {
	Code  Code
	Loss  bool   // a loss; otherwise a problem
	Means string // one sentence
	Fix   string // what to do
}

// Codes is the catalogue: every code there is, in the order in which it is
// documented. Codes are born here and nowhere else.
func Codes() []CodeInfo { return codes }

// Lookup finds a code's entry.
func Lookup(c Code) (CodeInfo, bool) {
	for _, info := range codes {
		if info.Code == c {
			return info, true
		}
	}
	return CodeInfo{}, false
}

var codes = []CodeInfo{
	{RecordUnreadable, false, "The entry could not be read as a user.", "Mend the entry in the source, or in rejects.csv where it stands in _raw."},
	{RecordTooLarge, false, "The entry is larger than a reader accepts for one user.", "Look at the entry in the source: a field of megabytes is rarely meant. Shorten it."},
	{RowBroken, false, "The row has a number of fields, or values in places, that no version of the exporter writes; reading on would shift values into other fields.", "Export as JSON, which has no such trouble, or mend the row."},
	{TextInvalid, false, "A field holds bytes that are no text (invalid UTF-8, or a NUL).", "Mend the field in the source, or name the file's encoding."},
	{IDMissing, false, "The user has no id, and nothing an id could be derived from.", "Give the user an id."},
	{IDInvalid, false, "The id is not allowed at the target, and --id keep forbids another.", "Use --id auto, which derives an allowed id and lists it in ids.csv."},
	{IDDuplicate, false, "Another record of this source has the same id, as the target compares ids.", "Keep one of the two, or give one a new id."},
	{IDTaken, false, "The target has another user with this id.", "Look at the named user. If it came from another source, whose ids count up from 1 too, --id prefix:TEXT with a text of this source's own makes others, at every target."},
	{EmailMissing, false, "The user has a password hash but no e-mail address; the target needs one to store a hash.", "Add an address, or land the user without the password."},
	{EmailInvalid, false, "The target does not accept this e-mail address.", "Mend the address."},
	{EmailDuplicate, false, "Another record of this source has the same e-mail address, as the target compares addresses, and was preferred.", "Decide which of the two accounts keeps the address."},
	{EmailTaken, false, "The target has another user with this e-mail address.", "Look at the named user: the person may have signed up there already."},
	{AddressMissing, false, "The user has neither an e-mail address nor a phone number; the target needs one of the two.", "Give the user an address, or leave such users out with --except."},
	{PhoneInvalid, false, "The phone number is not in international form (+ and 7 to 15 digits) or begins with no country's code, and the user has no other way to sign in.", "Write the number in E.164 form."},
	{PhoneDuplicate, false, "Another record of this source has the same phone number and was preferred.", "Decide which of the two accounts keeps the number."},
	{PhoneTaken, false, "The target has another user with this phone number.", "Look at the named user."},
	{LoginTaken, false, "Another user of the target signs in with the same account of a provider.", "Look at the named user: it may be the same person twice."},
	{HashMalformed, false, "The stored text is not a hash of the form it is said to be: nobody could sign in with it, here or there.", "Compare with the source; a hash may have been cut, upper-cased or wrapped on its way. Otherwise the person resets the password."},
	{HashUnsupported, false, "The target can never verify a hash of this form.", "Land the user with --without-password and ask for a reset; resets.csv lists them."},
	{HashParams, false, "The hash needs parameters which the source or the flags do not give, or which the target cannot take.", "Give the parameters, or land the user with --without-password."},
	{HashCost, false, "The hash asks for more work or memory than is safe to compute.", "Land the user with --without-password and ask for a reset."},
	{PasswordLength, false, "The password is right at the source, but the target's login does not take a password of that length.", "The person needs a reset after the move."},
	{PasswordSpelling, false, "The password is right at the source, which hashed another spelling of it than the person types.", "The person needs a reset after the move."},
	{PolicyPersonal, false, "The target's personal-data policy found the user's id, name or address inside the hash and refused it.", "Switch the policy off in the project during the import; it was not made for hashes."},
	{PolicyPassword, false, "The target's policies for new passwords (strength, dictionary) refuse this plain password.", "Land the user with --without-password and ask for a new one, or switch the policy off in the project during the import."},
	{TargetRefused, false, "The target refused the user for a reason of its own.", "Read the detail; mend the record and retry."},
	{AccountUnclear, false, "The target has an account with this id that may be this run's, half made, or somebody else's: it is left as it is.", "Compare the account with the record. If it is the import's, delete it there and retry the record; if it is somebody else's, leave the record out."},
	{AccountOpen, false, "An account that was left as it is at the target lets a person in who is disabled at the source.", "Block the account by hand at the target (Appwrite console, Auth, the user, block account); then read the detail."},
	{Excluded, false, "The record was left out by --only, --except or --limit.", "Nothing, if that was meant."},
	{SignedIn, false, "The person has signed in since the import, or the account was used in another way, so undo spared it.", "Nothing; delete the account by hand if it has to go."},
	{ChangedSince, false, "The account was edited since the import, so undo spared it.", "Look at it; delete it by hand if it has to go."},

	{LossAnonymous, true, "An anonymous account: it lands without any way to sign in again.", "Leave such users out with --except if they are not wanted."},
	{LossCreated, true, "The date of sign-up is not kept: the target dates the user from the import.", "Use --dates prefs to keep it in the user's preferences."},
	{LossLastSignIn, true, "The date of the last sign-in is not kept.", "Use --dates prefs to keep it in the user's preferences."},
	{LossProvider, true, "The link to a social or enterprise provider is not carried; the target links again at the next sign-in with that provider if the address is the same.", "Set the provider up at the target before people come back."},
	{LossFactor, true, "An enrolled second factor is not carried; its secret never leaves the source.", "Ask the person to enrol again."},
	{LossClaims, true, "Custom claims or attributes are not carried.", "Use --claims prefs to keep them in the user's preferences, which the user can read and change."},
	{LossClaimsShape, true, "A value inside the claims comes back in another shape: Appwrite gives an empty object, or one whose keys are 0, 1, 2 …, back as a list.", "Have what reads the preferences take both shapes, or leave the claims out with --claims drop."},
	{LossRoles, true, "Roles are not carried: at the target they would be access rights.", "Use --roles labels if that is what you want."},
	{LossPhoto, true, "The picture's address is not carried.", "Keep the source until pictures are moved."},
	{LossUsername, true, "The login name is not carried: people sign in with their e-mail address.", "Tell people."},
	{LossName, true, "The name is longer than the target keeps, and was shortened.", "Mend the name by hand."},
	{LossPhone, true, "The phone number was left out: it is not in international form, begins with no country's code, or is somebody else's already, in the source or at the target.", "Write the number in E.164 form, or name the country with --region; decide whose a shared number is."},
	{LossPhoneProof, true, "The phone number lands unverified: the source does not say that the person confirmed it.", "Nothing; the first sign-in with a code sent to the number confirms it at the target."},
	{LossPassword, true, "The user landed without the password, which the target could never verify.", "The person needs a reset; resets.csv lists everyone concerned."},
	{LossLocked, true, "The source holds no usable password: what stands in its place matches nothing that anyone could type.", "The person could not sign in at the source either; a reset lets them in."},
	{LossRolesBroken, true, "The roles are stored in a form that is damaged, and none were taken from it.", "Look the user's roles up at the source, and give them at the target by hand."},
	{LossUnverified, true, "An address of the user is not verified. Supabase Auth refuses the login (400), also with the right password, and sends nothing by itself.", "Have the application ask for a message with /resend, /otp, /recover or /signup: once the address is confirmed by it, the old password works. --confirm-emails counts every e-mail address as confirmed."},
	{LossAtProvider, true, "The e-mail address is not verified. If the person first comes back through a provider such as Google, Supabase Auth takes the password away, deletes the other identities, and puts the provider's data in the place of name and picture: whoever set them might be a stranger.", "Have people confirm their addresses first (see address-unverified), and switch providers on after that; --confirm-emails counts every e-mail address as confirmed."},
	{LossLoginAddress, true, "The account at a provider carries another address than the user has. The link to it is kept, the address is not: Supabase Auth answers 500 to whoever has that address and signs in through a provider for the first time.", "Nothing; the person signs in through the provider as before. Set the address as the user's own at the source, if it is."},
	{LossPasswordGone, true, "The source says that there is a password but does not give its hash.", "The exporter left it out (see the guide of the source); the person needs a reset."},
}
