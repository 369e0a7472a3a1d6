package importers

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Bounds of unpacking. Reading takes constant memory however much comes out, so
// what a bomb could take is time. Exports of users pack 4:1 to 10:1 (the
// fixtures: 4 to 8), whole databases seldom beyond 50:1. People who differ in a
// number alone, 500,000 of them, came to 80:1 as SQL, 271:1 as Firebase's JSON
// and 517:1 in a CSV of 1 KB a row, by the best of gzip, zstd and bzip2. A bomb
// comes to 1,030:1, the most that gzip's form allows (RFC 1951: 258 bytes for two
// bits), and far more in the other forms. Below the floor no ratio hurts anybody.
// Who means it unpacks by hand.
const (
	maxRatio    = 700
	ratioFloor  = 256 << 20 // bytes unpacked before the ratio counts
	maxUnpacked = 1 << 40   // bytes; five million users of Firebase are about 4 << 30
	zstdWindow  = 128 << 20 // bytes; what the zstd program itself accepts (its --long=27)
)

// packing is how a file is compressed.
type packing string

const (
	notPacked  packing = ""
	packedGzip packing = "gzip"
	packedZstd packing = "zstd"
	packedBzip packing = "bzip2"
	packedZip  packing = "zip"
	packedXz   packing = "xz"
	packedTar  packing = "tar"
)

// packingOf tells by the first bytes: RFC 1952, RFC 8878, bzip2's and xz's file
// formats, PKWARE's APPNOTE §4.3.7, POSIX ustar.
func packingOf(head []byte) packing {
	for _, m := range []struct {
		magic string
		is    packing
	}{
		{"\x1f\x8b", packedGzip},
		{"\x28\xb5\x2f\xfd", packedZstd},
		{"BZh", packedBzip},
		{"PK\x03\x04", packedZip},
		{"PK\x05\x06", packedZip}, // without a member
		{"\xfd7zXZ\x00", packedXz},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.is
		}
	}
	if len(head) >= 262 && string(head[257:262]) == "ustar" {
		return packedTar
	}
	return notPacked
}

// Decompress unpacks r, whatever its name: gzip (members one after another
// too), zstd, bzip2, and zip when it has one member. Anything else passes
// through. name is how r is called in errors. Closing what it returns does not
// close r.
//
// A zip's directory stands at its end, so that r has to be a file or another
// io.ReaderAt of known size, read from its start. What unpacks to far more than
// any export (700:1 beyond 256 MiB, or 1 TiB), is cut off or damaged, ends in a
// *SourceError, as soon as that shows.
func Decompress(r io.Reader, name string) (io.ReadCloser, error) {
	src := &packedSource{r: r}
	buffered := bufio.NewReaderSize(src, 64<<10)
	head, err := buffered.Peek(512)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	u := &unpacker{name: name, src: src, how: packingOf(head)}
	u.taken = func() int64 { return src.n - int64(buffered.Buffered()) }
	if err := u.open(r, buffered); err != nil {
		return nil, err
	}
	if u.how == notPacked {
		return io.NopCloser(buffered), nil
	}
	return u.checked()
}

// packedSource counts what was read of the packed file, and keeps its error
// apart from those of unpacking.
type packedSource struct {
	r   io.Reader
	n   int64
	err error
}

func (s *packedSource) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.n += int64(n)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// unpacker reads the unpacked text and watches its size.
type unpacker struct {
	name  string
	how   packing
	src   *packedSource
	taken func() int64 // bytes of the packed file that were unpacked
	text  io.Reader
	close func()
	out   int64
	err   error // which ended the text: readers may let go of one that comes with bytes
}

func (u *unpacker) open(r io.Reader, buffered *bufio.Reader) (err error) {
	u.close = func() {}
	switch u.how {
	case packedGzip:
		u.text, err = gzip.NewReader(buffered)
	case packedBzip:
		u.text = bzip2.NewReader(buffered)
	case packedZstd:
		var z *zstd.Decoder
		// One goroutine less to wait for, and less memory; parsing is slower than this.
		z, err = zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
		if err == nil {
			u.text, u.close = z, z.Close
		}
	case packedZip:
		return u.openZip(r)
	case packedXz:
		return u.refuse("the file is packed with xz, which is not read", "unpack it first: xz -dk "+shellName(u.name))
	case packedTar:
		return u.refuse("the file is a tar archive", "unpack it and give the file inside")
	}
	if err != nil {
		return u.failure(err)
	}
	return nil
}

// checked makes sure that the packed thing is not itself packed.
func (u *unpacker) checked() (io.ReadCloser, error) {
	buffered := bufio.NewReaderSize(u, 64<<10)
	head, err := buffered.Peek(512)
	if err != nil && err != io.EOF && len(head) == 0 {
		u.close()
		return nil, err
	}
	if inner := packingOf(head); inner != notPacked {
		u.close()
		return nil, u.refuse(fmt.Sprintf("the %s holds a %s", u.how, inner), "unpack it and give the file inside")
	}
	return unpacked{buffered, u}, nil
}

// unpacked is an unpacker behind its buffer.
type unpacked struct {
	io.Reader
	u *unpacker
}

func (p unpacked) Close() error {
	p.u.close()
	return nil
}

func (u *unpacker) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	n, err := u.text.Read(p)
	u.out += int64(n)
	switch {
	case err != nil && err != io.EOF:
		u.err = u.failure(err)
	case u.out > maxUnpacked:
		u.err = u.bomb("more than 1 TiB")
	case u.out > ratioFloor && u.out/maxRatio > u.taken():
		u.err = u.bomb(fmt.Sprintf("more than %d times its size", maxRatio))
	default:
		u.err = err
	}
	return n, u.err
}

func (u *unpacker) bomb(much string) error {
	e := u.refuse("the file unpacks to "+much+", which no export does", "if it is meant to, unpack it by hand and give the result")
	e.Byte = u.out
	return e
}

func (u *unpacker) refuse(says, advice string) *SourceError {
	return &SourceError{Kind: Packed, File: u.name, Byte: -1, Says: says, Advice: advice}
}

// failure is an error of unpacking: the file's own, a cut, or damage.
func (u *unpacker) failure(err error) error {
	switch {
	case u.src.err != nil:
		return fmt.Errorf("%s: byte %d: %w", u.name, u.out, u.src.err)
	case err == io.ErrUnexpectedEOF || err == io.EOF:
		return &SourceError{Kind: Truncated, File: u.name, Byte: u.out, Says: fmt.Sprintf("the %s ends too early: it was cut off", u.how), Advice: "copy or download the file again"}
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return u.refuse("the zstd needs more memory to unpack than is safe", "unpack it first: zstd -d --long=31 "+shellName(u.name))
	}
	return &SourceError{Kind: Packed, File: u.name, Byte: u.out, Says: fmt.Sprintf("the %s is damaged", u.how), Advice: "copy or download the file again"}
}

// openZip opens the only member of a zip.
func (u *unpacker) openZip(r io.Reader) error {
	at, size, ok := randomAccess(r)
	if !ok {
		return u.refuse("a zip cannot be read from a stream: its directory stands at its end", "give the file itself, or unpack it: unzip -p FILE | rehome … -")
	}
	counted := &countedReaderAt{at: at}
	archive, err := zip.NewReader(counted, size)
	if err != nil {
		return &SourceError{Kind: Packed, File: u.name, Byte: -1, Says: "the zip is damaged or was cut off", Advice: "copy or download the file again"}
	}
	member, err := u.onlyMember(archive)
	if err != nil {
		return err
	}
	counted.n = 0
	text, err := member.Open()
	if err != nil {
		return u.refuse("the zip is packed in a way that is not read", "unpack it and give the file inside")
	}
	u.text, u.close = text, func() { _ = text.Close() } // it was only read
	u.taken = func() int64 { return counted.n }
	return nil
}

// countedReaderAt counts what was read of a zip.
type countedReaderAt struct {
	at io.ReaderAt
	n  int64
}

func (c *countedReaderAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.at.ReadAt(p, off)
	c.n += int64(n)
	return n, err
}

// randomAccess is r as something with a size that can be read anywhere.
func randomAccess(r io.Reader) (io.ReaderAt, int64, bool) {
	at, ok := r.(io.ReaderAt)
	if !ok {
		return nil, 0, false
	}
	switch sized := r.(type) {
	case interface{ Size() int64 }:
		return at, sized.Size(), true
	case interface{ Stat() (fs.FileInfo, error) }:
		info, err := sized.Stat()
		return at, sizeOf(info, err), err == nil && info.Mode().IsRegular()
	}
	return nil, 0, false
}

func sizeOf(info fs.FileInfo, err error) int64 {
	if err != nil {
		return 0
	}
	return info.Size()
}

// onlyMember finds the one file in a zip, past folders and what macOS adds.
func (u *unpacker) onlyMember(archive *zip.Reader) (*zip.File, error) {
	var found []*zip.File
	for _, m := range archive.File {
		if m.FileInfo().IsDir() || strings.HasPrefix(m.Name, "__MACOSX/") || strings.HasSuffix(m.Name, ".DS_Store") {
			continue
		}
		if m.Name == "[Content_Types].xml" || m.Name == "mimetype" {
			return nil, u.refuse("the file is a spreadsheet", "save it as CSV (UTF-8) and give that")
		}
		found = append(found, m)
	}
	switch {
	case len(found) == 0:
		return nil, u.refuse("the zip is empty", "")
	case len(found) > 1:
		return nil, u.refuse(fmt.Sprintf("the zip holds %d files: %s", len(found), memberNames(found)), "unpack it and give the right one")
	case found[0].Flags&1 != 0:
		return nil, u.refuse("the zip is locked with a password", "unpack it and give the file inside")
	}
	return found[0], nil
}

// memberNames lists the first few names, quoted: they are anybody's text.
func memberNames(members []*zip.File) string {
	const shown, longest = 8, 80
	names := make([]string, 0, shown)
	for _, m := range members[:min(len(members), shown)] {
		names = append(names, fmt.Sprintf("%.*q", longest, m.Name))
	}
	if len(members) > shown {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// shellName is a file name that can be pasted into a shell.
func shellName(name string) string {
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
