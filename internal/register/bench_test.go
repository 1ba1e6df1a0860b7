package register_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/domicile-dev/domicile/internal/register"
	"github.com/domicile-dev/domicile/internal/register/synthetic"
)

// BenchmarkRead reads registers of realistic shape; MB/s is of what a file
// unpacks to.
func BenchmarkRead(b *testing.B) {
	const parties = 100_000
	var bods, ftm, level1, relationships, exceptions bytes.Buffer
	psc := synthetic.PSC.Sized(parties)
	if err := psc.WriteBODS(&bods); err != nil {
		b.Fatal(err)
	}
	if err := psc.WriteFollowTheMoney(&ftm); err != nil {
		b.Fatal(err)
	}
	if err := synthetic.GLEIF.Sized(parties).WriteGLEIF(&level1, &relationships, &exceptions); err != nil {
		b.Fatal(err)
	}
	for name, test := range map[string]struct {
		format register.Format
		data   []*bytes.Buffer
		form   func([]golden, *rand.Rand) []byte
	}{
		"BODS":           {register.BODS, []*bytes.Buffer{&bods}, nil},
		"GLEIF":          {register.GLEIF, []*bytes.Buffer{&level1, &relationships, &exceptions}, nil},
		"GLEIFasXML":     {register.GLEIF, []*bytes.Buffer{&level1, &relationships, &exceptions}, asXML},
		"GLEIFasJSON":    {register.GLEIF, []*bytes.Buffer{&level1, &relationships, &exceptions}, asJSON},
		"FollowTheMoney": {register.FollowTheMoney, []*bytes.Buffer{&ftm}, nil},
	} {
		b.Run(name, func(b *testing.B) {
			var files []register.File
			size := 0
			for _, data := range inForm(b, test.form, test.data) {
				files = append(files, file("data", data.Bytes()))
				size += data.Len()
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := register.Read(b.Context(), files, register.Options{Format: test.format}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// inForm writes files of CSV in another form.
func inForm(b *testing.B, write func([]golden, *rand.Rand) []byte, files []*bytes.Buffer) []*bytes.Buffer {
	b.Helper()
	if write == nil {
		return files
	}
	var all []*bytes.Buffer
	for _, f := range files {
		_, rows, ok := rowsOf(f.Bytes())
		if !ok {
			b.Fatal("not GLEIF's")
		}
		all = append(all, bytes.NewBuffer(write(rows, rand.New(rand.NewPCG(0, 0)))))
	}
	return all
}
