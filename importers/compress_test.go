package importers

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"

	"rehome/fixtures"
	"rehome/identity"
)

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstandard(t testing.TB, r io.Reader) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		member, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := member.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarred(t testing.TB, data string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: "users.json", Mode: 0o600, Size: int64(len(data))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bzipped is "hello, rehome\n" packed by Python's bz2; the standard library has
// no writer.
const bzipped = "BZh\x39\x31\x41\x59\x26\x53\x59\x2b\x8b\xb0\x17\x00\x00\x03\x51\x80\x00\x10\x40\x04\x02\x46\x90\x00\x20\x00\x31\x06\x4c\x41\x03\x4c\x20\x0d\xc6\x95\x45\x9d\x3c\x5d\xc9\x14\xe1\x42\x40\xae\x2e\xc0\x5c"

func unpack(r io.Reader) (string, error) {
	rc, err := Decompress(r, "users.json")
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(rc)
	return string(data), errors.Join(err, rc.Close())
}

func TestDecompress(t *testing.T) {
	data := string(fixtures.Read(firebaseExports + "firebase-default.json"))
	half := len(data) / 2
	for name, c := range map[string]struct{ packed, want string }{
		"plain":        {data, data},
		"empty":        {"", ""},
		"one byte":     {"x", "x"},
		"gzip":         {string(gzipped(t, []byte(data))), data},
		"gzip members": {string(gzipped(t, []byte(data[:half]))) + string(gzipped(t, []byte(data[half:]))), data},
		"empty gzip":   {string(gzipped(t, nil)), ""},
		"zstd":         {string(zstandard(t, strings.NewReader(data))), data},
		"zstd frames":  {string(zstandard(t, strings.NewReader(data[:half]))) + string(zstandard(t, strings.NewReader(data[half:]))), data},
		"bzip2":        {bzipped, "hello, rehome\n"},
		"bzip2 twice":  {bzipped + bzipped, "hello, rehome\nhello, rehome\n"},
		"zip":          {string(zipped(t, "export/", "", "export/users.json", data, "__MACOSX/._users.json", "x", ".DS_Store", "x")), data},
	} {
		if got, err := unpack(strings.NewReader(c.packed)); err != nil || got != c.want {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if strings.HasPrefix(c.packed, "PK") {
			continue
		}
		if got, err := unpack(iotest.OneByteReader(strings.NewReader(c.packed))); err != nil || got != c.want {
			t.Errorf("%s, byte by byte: %d bytes, %v", name, len(got), err)
		}
	}
}

func TestDecompressRefuses(t *testing.T) {
	data := string(fixtures.Read(firebaseExports + "firebase-default.json"))
	many := []string{}
	for _, name := range strings.Fields("a b c d e f g h i j") {
		many = append(many, name+".json", "{}")
	}
	packed := string(gzipped(t, []byte(data)))
	damaged := []byte(packed)
	damaged[len(damaged)-6] ^= 1 // its checksum
	stream := struct{ io.Reader }{bytes.NewReader(zipped(t, "users.json", data))}
	for _, c := range []struct {
		name string
		r    io.Reader
		kind Kind
		says string
	}{
		{"two files", bytes.NewReader(zipped(t, "users.json", "{}", "evil\x1b[2J\nname", "{}")), Packed, `the zip holds 2 files: "users.json", "evil\x1b[2J\nname"`},
		{"many files", bytes.NewReader(zipped(t, many...)), Packed, `the zip holds 10 files: "a.json", "b.json", "c.json", "d.json", "e.json", "f.json", "g.json", "h.json", …`},
		{"empty zip", bytes.NewReader(zipped(t)), Packed, "the zip is empty"},
		{"spreadsheet", bytes.NewReader(zipped(t, "[Content_Types].xml", "", "xl/workbook.xml", "")), Packed, "the file is a spreadsheet"},
		{"cut zip", bytes.NewReader(zipped(t, "users.json", data)[:3000]), Packed, "the zip is damaged or was cut off"},
		{"zip from a stream", stream, Packed, "a zip cannot be read from a stream: its directory stands at its end"},
		{"xz", strings.NewReader("\xfd7zXZ\x00\x00"), Packed, "the file is packed with xz, which is not read"},
		{"tar", bytes.NewReader(tarred(t, data)), Packed, "the file is a tar archive"},
		{"tar.gz", bytes.NewReader(gzipped(t, tarred(t, data))), Packed, "the gzip holds a tar"},
		{"packed twice", bytes.NewReader(gzipped(t, []byte(packed))), Packed, "the gzip holds a gzip"},
		{"zip in a zip", bytes.NewReader(zipped(t, "a.zip", string(zipped(t, "b", "c")))), Packed, "the zip holds a zip"},
		{"cut gzip", strings.NewReader(packed[:20000]), Truncated, "the gzip ends too early: it was cut off"},
		{"cut gzip header", strings.NewReader(packed[:5]), Truncated, "the gzip ends too early: it was cut off"},
		{"cut bzip2", strings.NewReader(bzipped[:20]), Truncated, "the bzip2 ends too early: it was cut off"},
		{"cut zstd", bytes.NewReader(zstandard(t, strings.NewReader(data))[:20000]), Truncated, "the zstd ends too early: it was cut off"},
		{"damaged gzip", bytes.NewReader(damaged), Packed, "the gzip is damaged"},
		{"damaged zstd", strings.NewReader("\x28\xb5\x2f\xfd" + strings.Repeat("x", 100)), Packed, "the zstd is damaged"},
		{"greedy zstd", strings.NewReader("\x28\xb5\x2f\xfd\x00\xff" + strings.Repeat("\x00", 100)), Packed, "the zstd needs more memory to unpack than is safe"},
		{"text behind a gzip", strings.NewReader(packed + "hello, world"), Packed, "the gzip is damaged"},
	} {
		_, err := unpack(c.r)
		source, ok := errors.AsType[*SourceError](err)
		if !ok || source.Kind != c.kind || source.Says != c.says || source.File != "users.json" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// spaces is a bzip2 of 45,899,235 spaces, packed by Python's bz2.
const spaces = "BZh\x39\x31\x41\x59\x26\x53\x59\xb5\x22\x65\xbf\x01\x5f\x8e\x10\x00\xc0\x00\x00\x08\x20\x00\x30\x80\x4d\x46\x42\xa0\x25\xa9\x0a\x80\x97\x17\x72\x45\x38\x50\x90\xb5\x22\x65\xbf"

// bombs are at least so many spaces in every form that is read.
func bombs(t *testing.T, size int) map[string][]byte {
	t.Helper()
	const piece = 16 << 20
	text := bytes.Repeat([]byte{' '}, piece)
	var archived bytes.Buffer
	archive := zip.NewWriter(&archived)
	member, err := archive.Create("users")
	if err != nil {
		t.Fatal(err)
	}
	for range size / piece {
		if _, err := member.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"zip":   archived.Bytes(),
		"gzip":  bytes.Repeat(gzipped(t, text), size/piece),
		"zstd":  bytes.Repeat(zstandard(t, bytes.NewReader(text)), size/piece),
		"bzip2": []byte(strings.Repeat(spaces, size/45899235)),
	}
}

// A bomb is let go as soon as it is known for one, also by a reader that lets go
// of an error which comes with bytes, as io.ReadAtLeast does.
func TestDecompressBomb(t *testing.T) {
	for _, size := range []int{ratioFloor - 16<<20, ratioFloor + 64<<20} {
		for form, packed := range bombs(t, size) {
			rc, err := Decompress(bytes.NewReader(packed), "bomb")
			if err != nil {
				t.Fatal(err)
			}
			n, buf := 0, make([]byte, 64<<10)
			for err == nil {
				var more int
				more, err = io.ReadAtLeast(rc, buf, 1)
				n += more
			}
			source, refused := errors.AsType[*SourceError](err)
			if size < ratioFloor && err != io.EOF {
				t.Errorf("%s: %d bytes, %v", form, n, err)
			}
			if size > ratioFloor && (!refused || source.Kind != Packed || source.Byte != int64(n) || source.Advice == "" || n > ratioFloor+1<<20) {
				t.Errorf("%s: %d bytes, %v", form, n, err)
			}
			if err := rc.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// People of whom only a number tells one from the other are no bomb.
func TestDecompressDense(t *testing.T) {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	size, same := 0, strings.Repeat("x", 1000)
	for i := 0; size < ratioFloor+16<<20; i++ {
		n, err := fmt.Fprintf(w, "%d,user%d@example.com,User,2020-01-01T00:00:00Z,%s\n", i, i, same)
		if size += n; err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	packed := b.Len()
	rc, err := Decompress(&b, "people.zst")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, rc); n != int64(size) || err != nil || packed == 0 || size/packed < 200 {
		t.Errorf("%d of %d bytes, packed to %d: %v", n, size, packed, err)
	}
}

// Every reader ends with the one error, wherever in its text the bomb goes off.
func TestReadBomb(t *testing.T) {
	wordpress := func(r io.Reader) identity.Records {
		return WordPress(func() ([]Input, error) { return []Input{{"bomb", r}}, nil }, WordPressConfig{})
	}
	csv := func(r io.Reader) identity.Records { return CSV(r, "bomb", CSVConfig{}) }
	firebase := func(r io.Reader) identity.Records { return Firebase(r, "bomb", FirebaseConfig{}) }
	neutral := func(r io.Reader) identity.Records { return Neutral(r, "bomb") }
	spaces := bombs(t, ratioFloor+64<<20)["zstd"]
	for _, c := range []struct {
		head string
		read func(io.Reader) identity.Records
	}{
		{"-- MySQL dump 10.13\nSELECT 1; /*", wordpress},
		{"-- MySQL dump 10.13\nUPDATE `", wordpress},
		{"-- MySQL dump 10.13\nINSERT INTO `wp_users` VALUES (1,'", wordpress},
		{"ID,user_login,user_pass\n1,\"", wordpress},
		{"id,email,password_hash\n1,", csv},
		{"id,email,password_hash\n1,\"", csv},
		{"{\"users\":[{\"localId\":\"", firebase},
		{"{\"users\":[", firebase},
		{"{\"id\":\"", neutral},
		{"id,hash_params\n1,\"", neutral},
	} {
		head := zstandard(t, strings.NewReader(c.head))
		rc, err := Decompress(io.MultiReader(bytes.NewReader(head), bytes.NewReader(spaces)), "bomb")
		if err != nil {
			t.Fatal(err)
		}
		_, err = drain(t, c.read(rc))
		source, refused := errors.AsType[*SourceError](err)
		if !refused || source.Kind != Packed || !strings.Contains(source.Says, "700 times its size") || source.Byte > ratioFloor+1<<20 {
			t.Errorf("%q: %v", c.head, err)
		}
	}
}

func TestDecompressFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "users.json.gz") // a wrong name on purpose
	if err := os.WriteFile(path, zipped(t, "users.json", "[]"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got, err := unpack(file); err != nil || got != "[]" {
		t.Errorf("%q, %v", got, err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.Write(zipped(t, "users.json", "[]")); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := unpack(r); err == nil || !strings.Contains(err.Error(), "cannot be read from a stream") {
		t.Errorf("a pipe: %v", err)
	}
}

// FuzzDecompress: whatever is packed ends as text or with one clear error, and
// takes no more memory than the largest window that is let in.
func FuzzDecompress(f *testing.F) {
	text := []byte(strings.Repeat("id,email\n1,ana@example.com\n", 40))
	f.Add(gzipped(f, text))
	f.Add(zstandard(f, bytes.NewReader(text)))
	f.Add(zipped(f, "users.csv", string(text)))
	f.Add([]byte(bzipped))
	f.Add([]byte("\x28\xb5\x2f\xfd\x00\x88" + strings.Repeat("\x00", 20))) // a window of 128 MiB
	f.Fuzz(func(t *testing.T, packed []byte) {
		defer frugal(t, zstdWindow+allocationBound)()
		r, err := Decompress(bytes.NewReader(packed), "f")
		if err == nil {
			_, err = io.Copy(io.Discard, io.LimitReader(r, 16<<20))
			err = errors.Join(err, r.Close())
		}
		if _, ok := errors.AsType[*SourceError](err); err != nil && !ok {
			t.Fatal(err)
		}
	})
}

func TestDecompressReadError(t *testing.T) {
	torn := errors.New("disk on fire")
	packed := gzipped(t, fixtures.Read(firebaseExports+"firebase-default.json"))
	for _, n := range []int{0, 5, 20000, len(packed) - 3} {
		_, err := unpack(io.MultiReader(bytes.NewReader(packed[:n]), iotest.ErrReader(torn)))
		if !errors.Is(err, torn) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

// A file that was cut when it was packed reads like one that was cut plain.
func TestFirebaseCutWhilePacked(t *testing.T) {
	for _, file := range []string{"firebase-default.json", "firebase-default.csv"} {
		packed := gzipped(t, fixtures.Read(firebaseExports+file))
		for _, accept := range []bool{false, true} {
			rc, err := Decompress(bytes.NewReader(packed[:len(packed)/2]), file)
			if err != nil {
				t.Fatal(err)
			}
			recs, err := drain(t, Firebase(rc, file, FirebaseConfig{AcceptTruncated: accept}))
			source, _ := errors.AsType[*SourceError](err)
			if len(recs) < 100 || accept != (err == nil) || !accept && (source == nil || source.Kind != Truncated) {
				t.Errorf("%s, accepted %t: %d records, %v", file, accept, len(recs), err)
			}
		}
	}
}
