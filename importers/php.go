package importers

import (
	"bytes"
	"errors"
	"strconv"
)

// Bounds of serialised values. WordPress nests roles one level deep; plugins
// keep some hundred capabilities for a user.
const (
	maxPHPDepth   = 16
	maxPHPEntries = 1 << 16 // of a value altogether
	maxPHPNumber  = 64      // bytes of a number
)

// phpArray is an array of PHP's: a list of entries in order. Keys are int64 or
// string.
type phpArray []phpEntry

type phpEntry struct{ key, value any }

// phpUnserialize reads a value as PHP's serialize writes it (php.net, serialize;
// php-src ext/standard/var.c):
//
//	N;   b:1;   i:-5;   d:0.5;   s:5:"bytes";   a:1:{s:3:"key";b:1;}
//
// and answers nil, bool, int64, float64, string or phpArray. Lengths count
// bytes. Objects (O, C, E) and references (R, r) are refused: nothing that runs
// code or shares values has a place in data about users. So is anything that is
// not exactly a value, such as a string whose length a search-and-replace has
// made wrong. White space around the value is allowed, as in WordPress.
func phpUnserialize(text []byte) (any, error) {
	p := phpReader{rest: bytes.TrimSpace(text)}
	value, err := p.value(0)
	if err != nil || len(p.rest) > 0 {
		return nil, errPHP
	}
	return value, nil
}

// errPHP says all there is to say: the value is broken, and it is not shown.
var errPHP = errors.New("a serialised value is broken")

type phpReader struct {
	rest    []byte
	entries int
}

func (p *phpReader) value(depth int) (any, error) {
	if len(p.rest) < 2 || depth > maxPHPDepth {
		return nil, errPHP
	}
	kind := string(p.rest[:2])
	p.rest = p.rest[2:]
	switch kind {
	case "N;":
		return nil, nil
	case "b:":
		text := p.until(';')
		if text != "0" && text != "1" {
			return nil, errPHP
		}
		return text == "1", nil
	case "i:":
		n, err := strconv.ParseInt(p.until(';'), 10, 64)
		return orBroken(n, err)
	case "d:":
		f, err := strconv.ParseFloat(p.until(';'), 64)
		return orBroken(f, err)
	case "s:":
		return p.str()
	case "a:":
		return p.array(depth)
	}
	return nil, errPHP
}

// orBroken keeps the words of strconv, which quote the value, out of errors.
func orBroken(value any, err error) (any, error) {
	if err != nil {
		return nil, errPHP
	}
	return value, nil
}

// until takes what stands before c, and c. Only numbers are read so: "" when
// there is no c where a number would end.
func (p *phpReader) until(c byte) string {
	i := bytes.IndexByte(p.rest[:min(len(p.rest), maxPHPNumber)], c)
	if i < 0 {
		return ""
	}
	text := string(p.rest[:i])
	p.rest = p.rest[i+1:]
	return text
}

// count takes a length and the colon behind it. No value needs fewer bytes than
// its length says, so what is left of the text bounds it.
func (p *phpReader) count() (int, error) {
	n, err := strconv.ParseUint(p.until(':'), 10, 31)
	if err != nil || n > uint64(len(p.rest)) {
		return 0, errPHP
	}
	return int(n), nil
}

// take takes the given text.
func (p *phpReader) take(text string) bool {
	if !bytes.HasPrefix(p.rest, []byte(text)) {
		return false
	}
	p.rest = p.rest[len(text):]
	return true
}

func (p *phpReader) str() (any, error) {
	n, err := p.count()
	if err != nil || !p.take(`"`) || n > len(p.rest) {
		return nil, errPHP
	}
	text := string(p.rest[:n])
	p.rest = p.rest[n:]
	if !p.take(`";`) {
		return nil, errPHP
	}
	return text, nil
}

func (p *phpReader) array(depth int) (any, error) {
	n, err := p.count()
	if err != nil || !p.take("{") {
		return nil, errPHP
	}
	if p.entries += n; p.entries > maxPHPEntries {
		return nil, errPHP
	}
	var array phpArray
	for range n {
		key, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		switch key.(type) {
		case int64, string:
		default:
			return nil, errPHP
		}
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		array = append(array, phpEntry{key, value})
	}
	if !p.take("}") {
		return nil, errPHP
	}
	return array, nil
}

// phpTrue is what PHP takes for true (php.net, Converting to boolean).
func phpTrue(value any) bool {
	switch v := value.(type) {
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != "" && v != "0"
	case phpArray:
		return len(v) > 0
	}
	return false
}
