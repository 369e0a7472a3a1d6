package importers

import "bytes"

// rightWidth reports whether some version of the exporter writes rows of so
// many fields.
func rightWidth(fields [][]byte) bool {
	switch len(fields) {
	case widthOldest, widthDisabled, widthClaims, widthNewest:
		return true
	}
	return false
}

// wrongColumn says which field shows that the row's values are not in their
// places; "" when they are. fields are of a right width.
func wrongColumn(fields [][]byte) string {
	created, last := fields[colCreated], fields[colLastLogin]
	switch {
	case !isFlag(fields[colVerified]):
		return "the third field, emailVerified, is neither true nor false"
	case !isDigits(created) || !isDigits(last) || len(created) == 0 && len(last) > 0:
		return "the fields 24 and 25 are not the times of sign-up and sign-in"
	case len(fields[colPhone]) > 0 && fields[colPhone][0] != '+':
		return "field 26 is no phone number"
	case len(fields) >= widthDisabled && len(fields[colDisabled]) > 0 && !isFlag(fields[colDisabled]):
		return "field 27, disabled, is neither true nor false"
	case len(fields[len(fields)-1]) > 0:
		return "the row does not end in a comma"
	}
	return ""
}

func isFlag(b []byte) bool { return string(b) == "true" || string(b) == "false" }

func isDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// wellClaimed reports whether the claims, if there are any, are a JSON object.
func wellClaimed(fields [][]byte) bool {
	if len(fields) < widthClaims || len(fields[colClaims]) == 0 {
		return true
	}
	_, ok := decodeObject(fields[colClaims])
	return ok
}

// undoRow undoes the quoting of every version of the exporter in the text of one
// row, without its line end:
//
//	names   since v15.19 quoted as RFC 4180 has it when they hold , " CR LF;
//	        since v6.11 put in quotes when they hold a comma, quotes inside not
//	        doubled; else as they are, line breaks included
//	claims  before v11.25.2 as they are, commas included; since then quoted, but
//	        a quote behind a backslash is not doubled
//	others  as they are
//
// ok is set when the fields are in their places and the claims are an object.
// open is set when the text ends inside a name, which may go on in the next line.
func undoRow(text []byte) (fields [][]byte, ok, open bool) {
	if fields, ok, _ = undoQuotes(text, true); ok && len(fields) == widthNewest {
		return fields, ok, false
	}
	resaved := len(text) > 0 && text[0] == '"' // by a program that quotes everything
	fields, ok, open = undoQuotes(text, resaved)
	return fields, ok && len(fields) < widthNewest, open
}

// undoQuotes is undoRow for one kind of names: doubled says that all quotes
// around a name are quoting, and those inside doubled.
func undoQuotes(text []byte, doubled bool) (fields [][]byte, ok, open bool) {
	for i := 0; ; {
		col := len(fields)
		field, next := undoField(text, i, col, doubled)
		if next < 0 || !isName(col) && bytes.IndexByte(field, '\n') >= 0 {
			return fields, false, false
		}
		fields = append(fields, field)
		if next >= len(text) {
			open = isName(col)
			break
		}
		if i = next + 1; text[next] != ',' || len(fields) > widthNewest {
			return fields, false, false
		}
	}
	return fields, rightWidth(fields) && wrongColumn(fields) == "" && wellClaimed(fields), open
}

// isName reports whether the column is a display name.
func isName(col int) bool {
	return col == colName || col >= colProviders && col < colCreated && (col-colProviders)%4 == 2 ||
		col >= colMoreProvs && (col-colMoreProvs)%4 == 2
}

// undoField reads the field at i and returns the index behind it; -1 for a name
// whose quotes cannot be doubled ones.
func undoField(text []byte, i, col int, doubled bool) (field []byte, next int) {
	rest, size := text[i:], 0
	switch quoted := bytes.HasPrefix(rest, []byte(`"`)); {
	case col == colClaims && bytes.HasPrefix(rest, []byte("{")):
		if s := (jsonScan{b: rest}); s.skip() {
			field, size = rest[:s.i], s.i
		}
	case col == colClaims && quoted:
		field, size = quotedClaims(rest)
	case isName(col) && quoted && !doubled:
		field, size = quotedName(rest)
	case quoted:
		field, size = quotedField(rest)
	}
	switch {
	case size > 0:
		return field, i + size
	case doubled && isName(col) && bytes.HasPrefix(rest, []byte(`"`)):
		return nil, -1
	}
	if end := bytes.IndexByte(rest, ','); end >= 0 {
		return rest[:end], i + end
	}
	return rest, len(text)
}

// quotedName reads a name that was put in quotes because it holds a comma; size
// 0 when it was not, and the quotes are the name's own.
func quotedName(text []byte) (field []byte, size int) {
	if field, size = quotedField(text); size > 0 && bytes.IndexByte(field, ',') >= 0 {
		return field, size
	}
	end := bytes.Index(text, []byte(`",`))
	if end > 0 && bytes.IndexByte(text[:end], ',') >= 0 {
		return text[1:end], end + 1
	}
	return nil, 0
}

// quotedField reads a field quoted as RFC 4180 has it; size 0 when it is not.
func quotedField(text []byte) (field []byte, size int) {
	for i := 1; i < len(text); i++ {
		if text[i] == '"' {
			if i+1 == len(text) || text[i+1] == ',' {
				return field, i + 1
			}
			if i++; text[i] != '"' {
				return nil, 0
			}
		}
		field = append(field, text[i])
	}
	return nil, 0
}

// quotedClaims reads claims in quotes, where a quote behind a backslash stands
// single; size 0 when they are not closed.
func quotedClaims(text []byte) (field []byte, size int) {
	for i := 1; i < len(text); i++ {
		if text[i] == '"' && text[i-1] != '\\' {
			if i+1 == len(text) || text[i+1] != '"' {
				return field, i + 1
			}
			i++
		}
		field = append(field, text[i])
	}
	return nil, 0
}

// looksCSV reports whether one of the first rows is anything like the exporter's.
func (f *firebase) looksCSV() bool {
	return anyRow(f.w.unread(), func(r row) bool {
		fields, _, _ := undoRow(r.raw)
		return len(fields) >= widthOldest || len(fields) > colVerified && isFlag(fields[colVerified])
	})
}

// looksFirebaseCSV reports whether one of the first rows is certainly one of
// auth:export's.
func looksFirebaseCSV(head []byte) bool {
	return anyRow(bytes.TrimPrefix(head, []byte(byteOrderMark)), func(r row) bool {
		_, ok, _ := undoRow(r.raw)
		return ok || isPlain(r)
	})
}

// anyRow tries the first rows of a file's beginning.
func anyRow(head []byte, is func(row) bool) bool {
	rows := newRowReader(bytes.NewReader(head), dialect{delimiter: ',', lazyQuotes: true})
	for range 50 {
		r, err := rows.next()
		if err != nil {
			return false
		}
		if is(r) {
			return true
		}
	}
	return false
}
