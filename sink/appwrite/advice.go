package appwrite

import "fmt"

// advised is an error with what to do about it.
type advised struct{ what, hint string }

func (a *advised) Error() string { return a.what }

// Hint says what to do.
func (a *advised) Hint() string { return a.hint }

func advise(hint, format string, args ...any) error {
	return &advised{fmt.Sprintf(format, args...), hint}
}

const keyAdvice = "Appwrite console, the project's API keys: users.read and users.write are all that is needed"

func (s *Sink) foreignKey() error {
	return advise("compare it with the project's API keys in the Appwrite console; was it cut off when it was copied?", "the API key is not one of the project %q", s.client.project)
}
