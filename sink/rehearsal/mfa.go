package rehearsal

// recoveryCodes is how many codes a set has, and codeBytes how long one is.
const (
	recoveryCodes = 6
	codeBytes     = 5
)

// mfaFactors are the second factors a user could use. Recovery codes are never
// among them, whether there are any or not: so it is there.
func mfaFactors(c *call) *refusal {
	u, bad := c.named()
	if bad != nil {
		return bad
	}
	c.out = append(c.out, `{"totp":false`...)
	c.out = yes(c.out, "phone", u.phone != "" && u.is(phoneVerified))
	c.out = yes(c.out, "email", u.email != "" && u.is(emailVerified))
	c.out = append(c.out, `,"recoveryCode":false}`...)
	return nil
}

func getRecovery(c *call) *refusal {
	u, bad := c.named()
	if bad != nil {
		return bad
	}
	if len(u.extra().recovery) == 0 {
		return refuse(recoveryNotFound)
	}
	c.printRecovery(u)
	return nil
}

// createRecovery makes the first set, replaceRecovery another.
func createRecovery(c *call) *refusal { return c.setRecovery(false, recoveryExists) }

func replaceRecovery(c *call) *refusal { return c.setRecovery(true, recoveryNotFound) }

func (c *call) setRecovery(had bool, otherwise string) *refusal {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = fresh(codeBytes)
	}
	u, bad := c.touch(c.text("userId"), func(u *user) *refusal {
		if had != (len(u.extra().recovery) > 0) {
			return refuse(otherwise)
		}
		u.own().recovery = codes
		return nil
	})
	if bad == nil {
		c.printRecovery(u)
	}
	return bad
}

func (c *call) printRecovery(u *user) {
	c.out = append(texts(append(c.out, `{"recoveryCodes":`...), u.extra().recovery), '}')
}

// deleteAuthenticator never finds one: authenticators are enrolled by their
// owner, which this server does not offer.
func deleteAuthenticator(c *call) *refusal {
	if _, bad := c.named(); bad != nil {
		return bad
	}
	return refuse(authenticatorNotFound)
}
