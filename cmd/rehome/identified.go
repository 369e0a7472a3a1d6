package main

import (
	"fmt"

	"rehome/identity"
	"rehome/identity/forms"
	"rehome/sink"
	"rehome/sink/appwrite"
	"rehome/verifiers"
)

// identified is what one hash string may be.
type identified struct {
	Line       int         `json:"line"`
	Candidates []candidate `json:"candidates"`
}

// candidate is one form that a string may have, and what each target would make
// of it.
type candidate struct {
	Algorithm identity.Algorithm      `json:"algorithm,omitempty"`
	Variant   string                  `json:"variant,omitempty"`
	Certain   bool                    `json:"certain"`
	Note      string                  `json:"note,omitempty"`
	Targets   map[string]sink.Verdict `json:"targets,omitempty"`
	Problem   *identity.Problem       `json:"problem,omitempty"` // why a target cannot
}

// identifyText judges every candidate for a string.
func identifyText(line int, text string) (identified, error) {
	result := identified{Line: line}
	for _, c := range forms.Identify(text) {
		described := candidate{Algorithm: c.Algorithm, Variant: c.Variant, Certain: c.Certain, Note: c.Note}
		if c.Algorithm != identity.None {
			hash := identity.Hash{Algorithm: c.Algorithm, Encoded: identity.Secret(text), Params: identity.Params{Variant: c.Variant}}
			if problem := verifiers.Check(hash); problem != nil && problem.Code == identity.HashCost {
				described.note(problem.Detail)
			}
			if err := described.judge(hash); err != nil {
				return result, err
			}
		}
		result.Candidates = append(result.Candidates, described)
	}
	return result, nil
}

func (c *candidate) note(text string) {
	if c.Note != "" {
		c.Note += "; "
	}
	c.Note += text
}

// judge asks each target's rules about an invented user with this hash.
func (c *candidate) judge(h identity.Hash) error {
	c.Targets = map[string]sink.Verdict{}
	for _, profile := range []appwrite.Profile{appwrite.Profile15, appwrite.Profile19} {
		s, err := appwrite.New(appwrite.Config{Profile: profile})
		if err != nil {
			return err
		}
		j := s.Judge(identity.User{ID: "someone", Email: "someone@example.com", Hash: h})
		c.Targets["appwrite-"+string(profile)] = j.Verdict
		if j.Problem != nil {
			c.Problem = j.Problem
		}
	}
	return nil
}

// String is the candidate in words.
func (c candidate) String() string {
	what := string(c.Algorithm)
	if c.Variant != "" {
		what += " " + c.Variant
	}
	if c.Algorithm == identity.None {
		what = "no hash: " + c.Variant
	} else if !c.Certain {
		what = "perhaps " + what
	}
	if c.Note != "" {
		what += " (" + c.Note + ")"
	}
	if c.Targets == nil {
		return what
	}
	what += fmt.Sprintf("; appwrite 1.5: %s, 1.9: %s", c.Targets["appwrite-1.5"], c.Targets["appwrite-1.9"])
	if c.Problem != nil {
		what += ": " + c.Problem.Detail
	}
	return what
}
