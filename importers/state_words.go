package importers

import (
	"strings"
	"unicode"
)

// Names and words in which exports say whether somebody may sign in, folded as
// foldState folds them: in English, German, Spanish, French, Italian and Portuguese.
const (
	namesOut = "disabled blocked block banned suspended deactivated deleted locked lockedout lockout inactive archived removed spam " +
		"gesperrt blockiert gebannt deaktiviert gelöscht geloescht archiviert inaktiv " +
		"bloqueado suspendido desactivado deshabilitado eliminado borrado inactivo " +
		"bloqué bloque verrouillé verrouille suspendu désactivé desactive supprimé supprime banni inactif " +
		"bloccato sospeso disattivato disabilitato eliminato cancellato inattivo " +
		"suspenso desativado desabilitado excluído excluido removido banido inativo"
	namesIn = "active enabled approved nonlocked unlocked notlocked notblocked " +
		"aktiv aktiviert freigegeben freigeschaltet activo habilitado aprobado actif activé approuvé attivo abilitato approvato ativo habilitado aprovado"
	namesStatus = "status state estado estatus statut etat état stato situação situacao zustand"

	wordsOut = namesOut + " deprovisioned closed terminated revoked rejected denied trash trashed frozen blacklisted cancelled canceled " +
		"abgelehnt gekündigt bloqueada suspendida desactivada deshabilitada eliminada borrada inactiva baneado baneada " +
		"bloquée verrouillée suspendue désactivée supprimée bannie archivé archivée bloccata sospesa disattivata disabilitata eliminata cancellata inattiva " +
		"suspensa desativada desabilitada excluída removida banida inativa"
	wordsIn = namesIn + " activated ok normal confirmed verified registered unblocked staged provisioned recovery passwordexpired forcechangepassword resetrequired " +
		"unconfirmed bestätigt activa habilitada aprobada confirmado active activée approuvée validé validée attiva abilitata approvata ativa aprovada"

	// A name with one of these behind it is a time.
	sinceEndings = "at on date time since datetime dateutc am el le il em"
	untilEndings = "until till end enddate enddateutc expires expiresat bis hasta jusquà fino até"

	// And one of these before it is still the same name.
	stateBeginnings = "is was account user member customer login benutzer konto usuario cuenta compte utilisateur utente conta"
)

var (
	stateNames = stateNameTable()
	stateWords = stateWordTable()
)

// stateNameTable is the kind of every name that says state.
func stateNameTable() map[string]stateKind {
	names := map[string]stateKind{}
	for name := range strings.FieldsSeq(namesOut) {
		names[name] = stateOut
		for ending := range strings.FieldsSeq(sinceEndings) {
			names[name+ending] = stateOut
		}
		for ending := range strings.FieldsSeq(untilEndings) {
			names[name+ending] = stateUntil
		}
	}
	for name := range strings.FieldsSeq(namesIn) {
		names[name] = stateIn
	}
	names["approvedat"], names["approvedon"] = stateInSince, stateInSince
	for name := range strings.FieldsSeq(namesStatus) {
		names[name] = stateStatus
	}
	return names
}

// stateWordTable says of every word of state whether it keeps people out.
func stateWordTable() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(wordsIn) {
		words[word] = false
	}
	for word := range strings.FieldsSeq(wordsOut) {
		words[word] = true
	}
	return words
}

// foldState leaves the letters and digits of a name or a word, in lower case: "Locked
// out", "LOCKED_OUT" and "lockedOut" are one.
func foldState(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// stateKindOf is how the values under a name say state; stateNone where the name says
// nothing of it. The whole name counts: lockout_enabled is not one.
func stateKindOf(name string) stateKind {
	const longest = 40 // letters of a name that says state
	if len(name) > 2*longest {
		return stateNone
	}
	return stateKindFolded(foldState(name))
}

func stateKindFolded(name string) stateKind {
	if kind, ok := stateNames[name]; ok {
		return kind
	}
	for begins := range strings.FieldsSeq(stateBeginnings) {
		if rest, ok := strings.CutPrefix(name, begins); ok && rest != "" {
			if kind := stateKindFolded(rest); kind != stateNone {
				return kind
			}
		}
	}
	return stateNone
}
