package migrate

// Standing says in numbers how far a run had come when its ledger was opened:
// how many users had landed, and how many were in hand then, of whom it is not
// known. Whoever was taken back counts as both, since he may have landed twice.
func (l *Ledger) Standing() (landed, open int) {
	if l == nil || l.states == nil {
		return 0, 0
	}
	for n := range l.states.ids.count {
		switch {
		case l.states.gone.has(n):
			landed, open = landed+1, open+1
		case l.states.landed.has(n):
			landed++
		case l.states.free.has(n):
		default:
			open++
		}
	}
	return landed, open
}
