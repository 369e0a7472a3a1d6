package migrate

import (
	"cmp"
	"slices"

	"rehome/identity"
	"rehome/sink"
)

// Of a phone number that several records have, the first that lands keeps it. The
// others land without it, if they have another way in; nobody loses an account for a
// number that a household shares.

// phoneless is a record without its number, which is lost.
func phoneless(rec identity.Record) identity.Record {
	rec.User.Phone, rec.User.PhoneVerified = "", false
	rec.Losses = append(slices.Clip(rec.Losses), identity.LossPhone)
	return rec
}

// otherWay reports whether a user can sign in at the target without a number: with a
// password that works there, or by an address.
func otherWay(j sink.Judgement) bool { return j.Keys.Email != "" || j.Verdict.Works() }

// withoutPhone is what a record that lands counts as without its number; the zero
// kind if it has none, or nobody could sign in then.
func (t *tally) withoutPhone(k kind, j sink.Judgement) kind {
	if !k.lands || j.Keys.Phone == "" || !otherWay(j) {
		return kind{}
	}
	if j.PhoneLoss != "" {
		k.losses &^= 1 << t.bits[j.PhoneLoss]
	}
	k.losses |= 1 << t.bits[identity.LossPhone]
	return k
}

// sharePhones decides whose the shared numbers are, among the records that land:
// the first keeps each.
func sharePhones(claims []claim, kinds []kinds, losers map[int]loser) {
	slices.SortFunc(claims, func(a, b claim) int { return cmp.Compare(a.ordinal, b.ordinal) })
	holders := map[[16]byte]int{}
	for _, c := range claims {
		if _, lost := losers[c.ordinal]; lost || c.rank == rankNothing {
			continue
		}
		holder, taken := holders[c.key]
		if !taken {
			holders[c.key] = c.ordinal
			continue
		}
		losers[c.ordinal] = loser{code: identity.PhoneDuplicate, winner: holder, kinds: kinds[c.kind]}
	}
}
