package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"seriatim/transfer"
)

// meter tells how far an import or export is: on a terminal a bar that moves, elsewhere a
// line every ten seconds.
type meter struct {
	w         io.Writer
	file      *os.File // the terminal, nil for none
	verb      string
	begun     time.Time
	mu        sync.Mutex
	last      time.Time
	shown     bool
	rate      float64 // rows a second, of late
	rateBytes float64
	before    transfer.Progress
	told      bool // the first rejected row
}

func (p *program) newMeter(verb string, dry bool) *meter {
	if dry {
		verb = "read"
	}
	m := &meter{w: p.err, verb: verb, begun: time.Now()}
	if isTerminal(p.err) && p.getenv("TERM") != "dumb" {
		m.file, _ = p.err.(*os.File)
	}
	return m
}

// show is told from several goroutines.
func (m *meter) show(now transfer.Progress) {
	m.mu.Lock()
	defer m.mu.Unlock()
	pause := 10 * time.Second
	if m.file != nil {
		pause = time.Second / 5
	}
	if m.last.IsZero() { // what was done before this run, or is counted first, is no rate
		m.last, m.before = time.Now(), now
		return
	}
	since := time.Since(m.last)
	if since < pause || now.Rows < m.before.Rows {
		return
	}
	m.last = time.Now()
	m.measure(now, since)
	m.tellReject(now)
	if m.file == nil {
		fmt.Fprintln(m.w, m.line(now, 0))
		return
	}
	m.shown = true
	fmt.Fprintf(m.w, "\r\x1b[K%s", m.fit(now))
}

// tellReject tells the first rejected row at once: it may be why all others will be, too.
func (m *meter) tellReject(now transfer.Progress) {
	if m.told || now.Reject == "" {
		return
	}
	m.told = true
	if m.shown {
		fmt.Fprint(m.w, "\r\x1b[K")
	}
	fmt.Fprintln(m.w, "rejected "+now.Reject)
}

// measure keeps rates that follow the last seconds.
func (m *meter) measure(now transfer.Progress, since time.Duration) {
	rows := float64(now.Rows-m.before.Rows) / since.Seconds()
	bytes := float64(now.Bytes-m.before.Bytes) / since.Seconds()
	if m.rate == 0 {
		m.rate, m.rateBytes = rows, bytes
	}
	keep := max(0, 1-since.Seconds()/5)
	m.rate, m.rateBytes = keep*m.rate+(1-keep)*rows, keep*m.rateBytes+(1-keep)*bytes
	m.before = now
}

// line says how far it is in less than width columns, 0 for any number: what matters least
// is left out first.
func (m *meter) line(now transfer.Progress, width int) string {
	done := transfer.Count(now.Rows - now.Rejected)
	parts := []string{done + " " + m.verb, transfer.Count(int64(m.rate)) + "/s", "", "", "", now.What}
	if now.Total > 0 && m.rateBytes > 0 && now.Bytes <= now.Total && time.Since(m.begun) > time.Second {
		left := time.Duration(float64(now.Total-now.Bytes) / m.rateBytes * float64(time.Second))
		parts[2], parts[3] = fmt.Sprintf("%d%%", now.Bytes*100/now.Total), remaining(left)+" left"
	}
	if now.Rejected > 0 {
		parts[4] = transfer.Count(now.Rejected) + " rejected"
	}
	for _, least := range []int{-1, 5, 0, 1, 4, 3} {
		switch {
		case least == 0:
			parts[0] = done
		case least > 0:
			parts[least] = ""
		}
		text := strings.Join(slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" }), "  ")
		if width == 0 || utf8.RuneCountInString(text) < width {
			return text
		}
	}
	return done
}

// fit puts a bar before the line where there is room.
func (m *meter) fit(now transfer.Progress) string {
	width, _, err := term.GetSize(int(m.file.Fd()))
	if err != nil || width < 8 {
		width = 80
	}
	line := m.line(now, width)
	if room := min(30, width-utf8.RuneCountInString(line)-4); now.Total > 0 && room >= 8 {
		full := int(min(now.Bytes, now.Total) * int64(room) / now.Total)
		return "[" + strings.Repeat("#", full) + strings.Repeat("-", room-full) + "] " + line
	}
	return line
}

// end takes the bar away.
func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shown {
		fmt.Fprint(m.w, "\r\x1b[K")
	}
	m.shown = false
}

// sum tells rows, time and rate of the whole to a person at a terminal.
func (m *meter) sum(rows int64, took time.Duration) {
	if m.file == nil || rows == 0 || took < time.Second {
		return
	}
	fmt.Fprintf(m.w, "%s in %s, %s/s\n", rowsText(rows), took.Round(10*time.Millisecond), transfer.Count(int64(float64(rows)/took.Seconds())))
}

// remaining spells a time for people, not more exactly than it is known.
func remaining(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds())+1)
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes())+1)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}
