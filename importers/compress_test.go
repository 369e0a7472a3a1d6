package importers

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"

	"rehome/fixtures"
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

// A bomb is let go as soon as it is known for one.
func TestDecompressBomb(t *testing.T) {
	const mebi = 1 << 20
	for _, size := range []int64{ratioFloor - mebi, ratioFloor + 64*mebi} {
		packed := zstandard(t, io.LimitReader(repeated(strings.Repeat("\x00", 64<<10)), size))
		rc, err := Decompress(bytes.NewReader(packed), "bomb.zst")
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, rc)
		source, refused := errors.AsType[*SourceError](err)
		if size < ratioFloor && (err != nil || n != size) {
			t.Errorf("%d MiB: %d bytes, %v", size/mebi, n, err)
		}
		if size > ratioFloor && (!refused || source.Kind != Packed || source.Byte != n || n > ratioFloor+mebi) {
			t.Errorf("%d MiB: %d bytes, %v", size/mebi, n, err)
		}
		if err := rc.Close(); err != nil {
			t.Error(err)
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
