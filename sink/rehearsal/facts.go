package rehearsal

import (
	"slices"
	"strings"
)

// facts are what profile 1.9 derives from an address (utopia-php/emails). Its
// lists of free and disposable domains have 77,000 entries; here are only the
// best known.
type facts struct {
	known                       bool // otherwise all are null
	canonical                   string
	free, disposable, isSpelled bool
}

func factsOf(u *user) facts {
	email := strings.ToLower(strings.Trim(u.email, " \t\n\r\x00\x0b"))
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || domain == "" || strings.Contains(domain, "@") {
		return facts{}
	}
	canonical := canonical(local, domain)
	if strings.HasPrefix(canonical, "@") {
		return facts{}
	}
	f := facts{known: true, canonical: canonical, isSpelled: canonical == email}
	f.disposable = slices.Contains(disposableDomains, domain)
	f.free = !f.disposable && (slices.Contains(freeDomains, domain) || mailbox(domain) != "")
	return f
}

// canonical is the one spelling of a mailbox that its provider takes in many.
func canonical(local, domain string) string {
	home := mailbox(domain)
	if plus := strings.IndexByte(local, '+'); plus > 0 && (home == "gmail.com" || home == "outlook.com" || home == "icloud.com") {
		local = local[:plus]
	}
	switch home {
	case "":
		return local + "@" + domain
	case "gmail.com":
		local = strings.ReplaceAll(local, ".", "")
	case "yahoo.com":
		if i := strings.LastIndexByte(local, '-'); i >= 0 {
			local = local[:i]
		}
	}
	return local + "@" + home
}

// mailbox is the domain under which a provider's many are one; "" for others.
func mailbox(domain string) string {
	switch domain {
	case "gmail.com", "googlemail.com":
		return "gmail.com"
	case "icloud.com", "me.com", "mac.com":
		return "icloud.com"
	case "ymail.com", "rocketmail.com", "yahoo.com", "yahoo.co.uk", "yahoo.ca", "yahoo.de", "yahoo.fr", "yahoo.in", "yahoo.it":
		return "yahoo.com"
	case "protonmail.com", "proton.me", "pm.me":
		return "protonmail.com"
	case "fastmail.com", "fastmail.fm":
		return "fastmail.com"
	case "yandex.ru", "yandex.ua", "yandex.kz", "yandex.com", "yandex.by", "ya.ru":
		return "yandex.ru"
	case "msn.com", "passport.com":
		return "outlook.com"
	}
	if name, _, _ := strings.Cut(domain, "."); name == "outlook" || name == "hotmail" || name == "live" {
		return "outlook.com"
	}
	return ""
}

var (
	freeDomains       = []string{"aol.com", "gmx.de", "gmx.net", "gmx.com", "web.de", "mail.ru", "zoho.com", "t-online.de", "orange.fr", "libero.it", "163.com", "126.com", "hey.com", "tutanota.com", "mail.com", "comcast.net"}
	disposableDomains = []string{"example.com", "test.com", "mailinator.com", "guerrillamail.com", "10minutemail.com", "yopmail.com", "temp-mail.org", "trashmail.com", "sharklasers.com", "getnada.com", "dispostable.com", "maildrop.cc", "throwawaymail.com", "fakeinbox.com", "mailnesia.com", "mailcatch.com", "discard.email", "moakt.com", "grr.la", "spam4.me"}
)

func (f facts) appendJSON(b []byte) []byte {
	if !f.known {
		return append(b, `,"emailCanonical":null,"emailIsFree":null,"emailIsDisposable":null,"emailIsCorporate":null,"emailIsCanonical":null`...)
	}
	b = field(b, "emailCanonical", f.canonical)
	b = yes(b, "emailIsFree", f.free)
	b = yes(b, "emailIsDisposable", f.disposable)
	b = yes(b, "emailIsCorporate", !f.free && !f.disposable)
	return yes(b, "emailIsCanonical", f.isSpelled)
}
