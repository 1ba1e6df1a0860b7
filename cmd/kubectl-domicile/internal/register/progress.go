package register

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	registers "github.com/domicile-dev/domicile/internal/register"
)

// interval is how often progress is shown, and how long nothing is: what takes
// no time needs no progress.
const interval = 500 * time.Millisecond

// watch shows progress while files are read, if w is a terminal. Stop ends it and
// leaves nothing of it behind.
func watch(w io.Writer, names []string) (progress *registers.Progress, stop func()) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil, func() {}
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width < 2 {
		width = 80
	}
	progress = &registers.Progress{}
	d := display{w: w, width: width - 1, total: sizeOf(names), began: time.Now()}
	done := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				d.show("")
				return
			case now := <-ticker.C:
				d.show(d.line(now, progress.Reading.Load(), progress.Bytes.Load(), progress.Records.Load()))
			}
		}
	})
	return progress, func() {
		close(done)
		running.Wait()
	}
}

func sizeOf(names []string) (bytes int64) {
	for _, name := range names {
		if info, err := os.Stat(name); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}

// display is a line of a terminal that is written anew each time.
type display struct {
	w       io.Writer
	width   int
	total   int64 // bytes
	reading int64
	began   time.Time // the present reading
	shown   int       // characters
}

// show writes a line over the one that is there.
func (d *display) show(line string) {
	if utf8.RuneCountInString(line) > d.width {
		line = string([]rune(line)[:d.width])
	}
	n := utf8.RuneCountInString(line)
	if n == 0 && d.shown == 0 {
		return
	}
	fmt.Fprintf(d.w, "\r%s%s\r%s", line, strings.Repeat(" ", max(d.shown-n, 0)), line)
	d.shown = n
}

// line says how far reading is.
func (d *display) line(now time.Time, reading, bytes, records int64) string {
	if reading != d.reading {
		d.reading, d.began = reading, now
	}
	what := "reading"
	if reading > 1 {
		what = "reading again"
	}
	text := fmt.Sprintf("%s: %s of %s", what, bytesText(min(bytes, d.total)), bytesText(d.total))
	if records > 0 {
		text += fmt.Sprintf(", %d records", records)
	}
	switch elapsed := now.Sub(d.began); {
	case bytes >= d.total:
		return text + ", putting it together"
	case bytes > 0 && elapsed > interval:
		left := time.Duration(float64(elapsed) * float64(d.total-bytes) / float64(bytes))
		return text + ", " + leftText(left) + " left"
	default:
		return text
	}
}

func leftText(d time.Duration) string {
	switch {
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%d s", int(d.Seconds())+1)
	}
}
