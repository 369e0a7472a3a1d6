package importers

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestStateNames(t *testing.T) {
	for kind, names := range map[stateKind]string{
		stateOut: "disabled is_disabled Blocked is_blocked user_banned accountLocked account_locked isLockedOut IsLockedOut deleted is_deleted deleted_at deletedAt locked_at " +
			"banned_on suspended_since member_suspended inactive is_inactive isDeactivated gesperrt Gesperrt? bloqueado bloqué Deaktiviert supprimé sospeso spam",
		stateUntil:   "banned_until blockedUntil lockout_end LockoutEndDateUtc locked_till gesperrt_bis suspended_until",
		stateIn:      "active is_active enabled Enabled accountEnabled IsApproved aktiv Aktiv activo actif useractive accountNonLocked member_active",
		stateInSince: "approved_at approvedAt",
		stateStatus:  "status state user_status UserStatus accountStatus member_state estado statut Stato Zustand",
		stateNone: "id email LockoutEnabled last_active active_at locked_by ban_reason statement states marital_status order_status is_staff block_list billing_state " +
			"status_message username at until is user account otp_enabled newsletter_active deleted_by " + strings.Repeat("is", 60),
	} {
		for name := range strings.FieldsSeq(names) {
			if got := stateKindOf(name); got != kind {
				t.Errorf("%s: %d, want %d", name, got, kind)
			}
		}
	}
}

func TestStateValues(t *testing.T) {
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		kind             stateKind
		out, in, unknown string // between |
	}{
		{stateOut, "1|true|WAHR|ja|Oui|VRAI|sí|2020-01-02 03:04:05|1577934245|31.12.2020|locked|Banned|gesperrt", "|0|false|FALSCH|nein|non|FAUX|NULL|0000-00-00 00:00:00|active|no", "2|maybe|x"},
		{stateIn, "0|nein|FAUX|false|inactive", "1|ja|t|True|yes||2020-01-02", "2|perhaps"},
		{stateUntil, "2030-01-01|infinity|31.12.2030 10:00|1", "|2020-01-01|0|-infinity", "forever"},
		{stateInSince, "", "2020-01-02 03:04:05", "|maybe"},
		{stateStatus, "SUSPENDED|DEPROVISIONED|banned|Locked Out|LOCKED_OUT|deleted|archived|inactive|Gesperrt|bloqué|disabled|closed", "ACTIVE|active|STAGED|PROVISIONED|RECOVERY|PASSWORD_EXPIRED|FORCE_CHANGE_PASSWORD|aktiv|Enabled|", "0|1|2|true|pending|vip|2020-01-02"},
	} {
		for want, values := range map[string]string{"true true": c.out, "false true": c.in, "false false": c.unknown} {
			for value := range strings.SplitSeq(values, "|") {
				if value == "" && want != "false true" && c.kind != stateInSince || values == "" {
					continue
				}
				if out, ok := c.kind.out(absent(value), now); fmt.Sprint(out, ok) != want {
					t.Errorf("kind %d, %q: %v %v, want %s", c.kind, value, out, ok, want)
				}
			}
		}
	}
}

// readStates reads users from a text, and what was said of it.
func readStates(text string, c CSVConfig) (disabled, said []string, err error) {
	c.Notice = func(says string) { said = append(said, says) }
	for rec, failed := range CSV(strings.NewReader(text), "users.csv", c) {
		if failed != nil {
			return disabled, said, failed
		}
		if rec.Problem != nil {
			disabled = append(disabled, rec.User.ID+":"+string(rec.Problem.Code))
		}
		if rec.User.Disabled {
			disabled = append(disabled, rec.User.ID)
		}
	}
	return disabled, said, nil
}

func TestStateColumns(t *testing.T) {
	for name, c := range map[string]struct {
		text, want string // ids that are disabled
		config     CSVConfig
		unclear    string // what the refusal shows
		said       string
	}{
		"several columns":         {text: "id,email,state,account_status,is_deleted,locked_at\n1,a@b.de,active,Active,0,\n2,b@b.de,banned,Active,0,\n3,c@b.de,active,Closed,0,\n4,d@b.de,active,Active,1,\n5,e@b.de,active,Active,0,2020-01-02\n", want: "2 3 4 5"},
		"numbers of a status":     {text: "id,email,status\n1,a@b.de,1\n2,b@b.de,2\n3,c@b.de,2\n", unclear: `"2" (2), "1" (1)`},
		"some not understood":     {text: "id,email,status\n1,a@b.de,active\n2,b@b.de,vip\n", unclear: `"vip" (1)`},
		"the same of everybody":   {text: "id,email,status\n1,a@b.de,7\n2,b@b.de,7\n", said: `"status" says "7" of everybody`},
		"empty":                   {text: "id,email,status,locked\n1,a@b.de,,\n2,b@b.de,,\n"},
		"all out":                 {text: "id,email,active\n1,a@b.de,0\n2,b@b.de,0\n", want: "1 2"},
		"one of a few, empty":     {text: "id,email,banned\n1,a@b.de,\n2,b@b.de,vip\n", unclear: `"vip" (1)`},
		"mapped":                  {text: "id,email,status\n1,a@b.de,1\n2,b@b.de,2\n3,c@b.de,banned\n4,d@b.de,\n", config: CSVConfig{Map: map[string]string{"disabled": "status:banned|2"}}, want: "2 3"},
		"mapped, the reverse":     {text: "id,email,status\n1,a@b.de,Ok\n2,b@b.de,2\n", config: CSVConfig{Map: map[string]string{"disabled": "status:!ok"}}, want: "2"},
		"mapped, who may":         {text: "id,email,status\n1,a@b.de,ok\n2,b@b.de,2\n", config: CSVConfig{Map: map[string]string{"active": "status:ok"}}, want: "2"},
		"mapped without values":   {text: "id,email,closed?\n1,a@b.de,no\n2,b@b.de,yes\n", config: CSVConfig{Map: map[string]string{"disabled": "closed?"}}, want: "2"},
		"a colon in the name":     {text: "id,email,custom:out\n1,a@b.de,no\n2,b@b.de,yes\n", config: CSVConfig{Map: map[string]string{"disabled": "custom:out"}}, want: "2"},
		"mapped and another":      {text: "id,email,status,locked\n1,a@b.de,1,0\n2,b@b.de,2,0\n3,c@b.de,1,1\n", config: CSVConfig{Map: map[string]string{"disabled": "status:2"}}, want: "2 3"},
		"ignored":                 {text: "id,email,status\n1,a@b.de,1\n2,b@b.de,2\n", config: CSVConfig{Ignore: []string{"Status"}}},
		"a state of a country":    {text: "id,email,city,state\n1,a@b.de,Austin,TX\n2,b@b.de,Albany,NY\n"},
		"approved, or not yet":    {text: "id,email,approved_at\n1,a@b.de,2020-01-02\n2,b@b.de,\n", unclear: `"" (1)`},
		"approved, empty mapped":  {text: "id,email,approved_at\n1,a@b.de,2020-01-02\n2,b@b.de,\n", config: CSVConfig{Map: map[string]string{"disabled": "approved_at:"}}, want: "2"},
		"looked at only":          {text: "id,email,status\n1,a@b.de,1\n2,b@b.de,2\n", config: CSVConfig{Lenient: true}, said: "--map 'disabled=status:1|2'"},
		"JSON Lines":              {text: `{"id":1,"email":"a@b.de","status":"active"}` + "\n" + `{"id":2,"email":"b@b.de","status":"banned","isLocked":false}` + "\n" + `{"id":3,"email":"c@b.de","isLocked":true}` + "\n", want: "2 3"},
		"JSON Lines, some with":   {text: `{"id":1,"email":"a@b.de"}` + "\n" + `{"id":2,"email":"b@b.de","status":"vip"}` + "\n", unclear: `"vip" (1)`},
		"JSON Lines, mapped":      {text: `{"id":1,"email":"a@b.de","status":1}` + "\n" + `{"id":2,"email":"b@b.de","status":2}` + "\n", config: CSVConfig{Map: map[string]string{"disabled": "status:2"}}, want: "2"},
		"JSON Lines, an object":   {text: `{"id":1,"email":"a@b.de","status":{"code":2}}` + "\n" + `{"id":2,"email":"b@b.de","status":"active"}` + "\n", unclear: `"a list or an object" (1)`},
		"JSON Lines, inside":      {text: `{"id":1,"email":"a@b.de","status":{"code":1}}` + "\n" + `{"id":2,"email":"b@b.de","status":{"code":2}}` + "\n", config: CSVConfig{Map: map[string]string{"disabled": "status.code:2"}}, want: "2"},
		"words of two languages":  {text: "id;email;Gesperrt;Aktiv\n1;a@b.de;FALSCH;ja\n2;b@b.de;WAHR;ja\n3;c@b.de;falsch;nein\n", want: "2 3"},
		"too many to be a status": {text: "id,email,status\n" + manyStates(30), unclear: "more than 20 different"},
	} {
		t.Run(name, func(t *testing.T) {
			disabled, said, err := readStates(c.text, c.config)
			if c.unclear != "" {
				source, ok := errors.AsType[*SourceError](err)
				if !ok || source.Kind != Unclear || !strings.Contains(source.Says, c.unclear) || !strings.Contains(source.Advice, "--map 'disabled=") {
					t.Fatalf("%v (%+v), want a refusal with %s", err, source, c.unclear)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(slices.Compact(disabled), " "); got != c.want {
				t.Errorf("disabled are %q, want %q", got, c.want)
			}
			if !strings.Contains(strings.Join(said, "\n"), c.said) {
				t.Errorf("said %q, want %q", said, c.said)
			}
		})
	}
}

func manyStates(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d,u%d@example.com,on day %d\n", i, i, i)
	}
	return b.String()
}

func TestVerifiedByItsUsualNames(t *testing.T) {
	for header, want := range map[string]string{"confirmed_at": "1", "confirmed": "1", "verified": "1", "isVerified": "1", "verified_at": "1", "E-Mail bestätigt": "1", "email_verified,confirmed": "2"} {
		first, second := "2020-01-02", ""
		if strings.Contains(header, ",") {
			first, second = "0,1", "1,0"
		}
		got := ""
		for rec, err := range CSV(strings.NewReader("id,email,"+header+"\n1,a@b.de,"+first+"\n2,b@b.de,"+second+"\n"), "users.csv", CSVConfig{}) {
			if err != nil {
				t.Fatal(err)
			}
			if rec.User.EmailVerified {
				got += rec.User.ID
			}
		}
		if got != want {
			t.Errorf("%s: verified is %q, want %q", header, got, want)
		}
	}
}
