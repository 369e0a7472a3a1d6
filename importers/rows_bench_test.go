package importers

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"
	"time"
)

// BenchmarkRows reads the same 100,000 users with our reader and with
// encoding/csv (ReuseRecord), turn by turn, and prints how many times faster
// ours is. Both see the fields; neither keeps them.
func BenchmarkRows(b *testing.B) {
	data := manyUsers(100_000)
	b.SetBytes(int64(len(data)))
	var ours, theirs time.Duration
	for b.Loop() {
		begin := time.Now()
		n := readOurs(b, data)
		ours += time.Since(begin)
		begin = time.Now()
		if m := readTheirs(b, data); m != n {
			b.Fatalf("ours read %d rows, theirs %d", n, m)
		}
		theirs += time.Since(begin)
	}
	rows := float64(b.N) * 100_001
	b.ReportMetric(rows/ours.Seconds(), "rows/s")
	b.ReportMetric(rows/theirs.Seconds(), "encoding/csv-rows/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-encoding/csv")
}

func readOurs(b *testing.B, data []byte) (rows int) {
	r := newRowReader(bytes.NewReader(data), dialect{delimiter: ',', lazyQuotes: true})
	for ; ; rows++ {
		next, err := r.next()
		if err == io.EOF {
			return rows
		}
		if err != nil || next.problem != nil {
			b.Fatal(err, next.problem)
		}
	}
}

func readTheirs(b *testing.B, data []byte) (rows int) {
	r := csv.NewReader(bytes.NewReader(data))
	r.ReuseRecord = true
	for ; ; rows++ {
		_, err := r.Read()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// manyUsers is a table of eight columns in which a tenth of the names is quoted.
func manyUsers(n int) []byte {
	var out bytes.Buffer
	out.WriteString("id,email,name,phone,password_hash,created_at,disabled,role\n")
	for i := range n {
		name := "User Number"
		if i%10 == 0 {
			name = `"Number, User"`
		}
		fmt.Fprintf(&out, "%d,user%d@example.com,%s,+1555%07d,$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy,2019-01-10 00:33:00,false,editor\n", i, i, name, i)
	}
	return out.Bytes()
}

// BenchmarkCSV reads the same users to the end: fields, dates, phones, hashes.
func BenchmarkCSV(b *testing.B) {
	data := manyUsers(100_000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		n := 0
		for rec, err := range CSV(bytes.NewReader(data), "users.csv", CSVConfig{}) {
			if err != nil || rec.Problem != nil {
				b.Fatal(err, rec.Problem)
			}
			n++
		}
		if n != 100_000 {
			b.Fatalf("%d users", n)
		}
	}
	b.ReportMetric(float64(b.N)*100_000/b.Elapsed().Seconds(), "users/s")
}
