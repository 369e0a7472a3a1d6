package importers

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// normalisePhone is raw in E.164 form: + and 7 to 15 digits (ITU-T E.164). ok is
// false where that cannot be told without guessing: then raw is returned as it
// came.
//
// A number with + is taken by its digits, whoever may own it. Any other needs a
// region, the country whose way of writing it is (ISO 3166 alpha-2, such as
// "DE"; "" for none), and must be a number that country has. Numbers with an
// extension or letters are not changed into others. A number that could have lost
// the + of that very country as well, and be another then, is left out: "".
func normalisePhone(raw, region string) (e164 string, ok bool) {
	if isE164(raw) {
		return raw, true
	}
	bare := strings.TrimSpace(raw)
	if strings.HasPrefix(bare, "+") && !strings.Contains(bare, "(0)") {
		if digits := phoneFiller.Replace(bare); isE164(digits) {
			return digits, true
		}
		return raw, false
	}
	if bare == "" || len(bare) > 40 || strings.Trim(bare, "+0123456789 ()-./\u00a0") != "" || region == "" && bare[0] != '+' {
		return raw, false
	}
	region = strings.ToUpper(region)
	home, _ := validPhone(bare, region)
	abroad, mobile := plusLost(bare, region)
	switch trunk := phonenumbers.GetNddPrefixForRegion(region, true); {
	case abroad == "" || abroad == home:
		abroad = home
	case home != "" && (trunk != "0" || !mobile): // a number of theirs without its 0 is seldom written
		return "", false
	}
	if abroad == "" {
		return raw, false
	}
	return abroad, true
}

// validPhone is a number as a region would dial it, "" where it has no such
// number; mobile says that it can be one of a mobile phone.
func validPhone(text, region string) (e164 string, mobile bool) {
	number, err := phonenumbers.Parse(text, region)
	if err != nil || number.GetExtension() != "" || !phonenumbers.IsValidNumber(number) {
		return "", false
	}
	if e164 = phonenumbers.Format(number, phonenumbers.E164); !isE164(e164) {
		return "", false
	}
	kind := phonenumbers.GetNumberType(number)
	return e164, kind == phonenumbers.MOBILE || kind == phonenumbers.FIXED_LINE_OR_MOBILE
}

// plusLost reads a number that begins with the region's own country code as if a
// spreadsheet had taken the + from it.
func plusLost(text, region string) (e164 string, mobile bool) {
	digits := phoneFiller.Replace(text)
	code := strconv.Itoa(phonenumbers.GetCountryCodeForRegion(region))
	if code == "0" || !strings.HasPrefix(digits, code) {
		return "", false
	}
	return validPhone("+"+digits, region)
}

// phoneFiller takes off what people put between digits.
var phoneFiller = strings.NewReplacer(" ", "", "(", "", ")", "", "-", "", ".", "", "/", "", "\u00a0", "")

// isE164 is the fast path: most sources hold nothing else.
func isE164(s string) bool {
	if len(s) < 8 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// knownRegion reports whether phone numbers of a country can be read.
func knownRegion(region string) bool {
	return phonenumbers.GetSupportedRegions()[strings.ToUpper(region)]
}
