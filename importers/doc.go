// Package importers reads files of somebody's export and makes identity records
// of them: one function a format, from an io.Reader to a sequence. Detect says
// which formats fit a file's first bytes, Decompress unpacks it.
//
// A reader takes one pass and constant memory. What is wrong with one record is
// a Problem in that record, and the sequence goes on; what is wrong with the
// source as a whole is the sequence's last error, a *SourceError wherever
// somebody can do something about it.
//
// The package refuses to guess: a field is never shifted into another, a date
// or a name never made up, an address never taken for verified, and two formats
// that both fit are both named. It computes no hash and changes no stored text.
package importers
