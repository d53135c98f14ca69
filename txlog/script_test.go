package txlog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/txlog"
	"seriatim/txlog/simdisk"
)

// TestScripts runs testdata/scripts: a local log on a simulated disk, one directive after the other.
//
//	open [base=N]                 close                     files
//	append [size=N] [count=N]     read from=N               trim through=N
//	free bytes=N                  fault op=write [error=full]   crash
//	flip file=NAME byte=N         remove file=NAME          newer file=NAME
//	keep (a copy of the disk)     back (to that copy)
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		s := &script{t: t, disk: simdisk.New(1)}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			s.out.Reset()
			if err := s.run(d); err != nil {
				fmt.Fprintf(&s.out, "error: %v\n", err)
				s.name(err)
			}
			return s.out.String()
		})
		if s.log != nil {
			_ = s.log.Close()
		}
	})
}

type script struct {
	t    *testing.T
	disk *simdisk.Disk
	kept *simdisk.Disk
	log  *txlog.Local
	out  bytes.Buffer
}

// name prints which of the errors a caller can branch on err is.
func (s *script) name(err error) {
	for _, e := range []struct {
		is   error
		name string
	}{
		{txlog.ErrUnknownFate, "ErrUnknownFate"}, {txlog.ErrDiskFull, "ErrDiskFull"}, {txlog.ErrClosed, "ErrClosed"},
		{txlog.ErrTrimmed, "ErrTrimmed"}, {txlog.ErrTooLarge, "ErrTooLarge"}, {txlog.ErrFormat, "ErrFormat"},
		{txlog.ErrLocked, "ErrLocked"}, {txlog.ErrDamaged, "ErrDamaged"},
	} {
		if errors.Is(err, e.is) {
			fmt.Fprintf(&s.out, "is %s\n", e.name)
		}
	}
}

func (s *script) options() txlog.LocalOptions {
	return txlog.Quiet(txlog.LocalOptions{
		FS: s.disk, SegmentBytes: 32 << 10, ReserveBytes: 1000,
		OnFatal: func(err error) { fmt.Fprintf(&s.out, "fatal: %v\n", err) },
	})
}

func (s *script) run(d *datadriven.TestData) (err error) {
	var size, from, through, free, at, base int
	var file, op, kind string
	count := 1
	for arg, into := range map[string]any{"size": &size, "count": &count, "from": &from, "through": &through,
		"base": &base, "bytes": &free, "byte": &at, "file": &file, "op": &op, "error": &kind} {
		d.MaybeScanArgs(s.t, arg, into)
	}
	path := dir + "/" + file
	switch d.Cmd {
	case "open":
		var l *txlog.Local
		o := s.options()
		o.Base = txlog.Position(base)
		if l, err = txlog.Open(dir, o); err == nil {
			s.log = l
			head, _ := l.Head(ctx)
			fmt.Fprintf(&s.out, "head %d\n", head)
			if l.Base() > 0 {
				fmt.Fprintf(&s.out, "base %d, oldest %d\n", l.Base(), l.Oldest())
			}
		}
	case "close":
		err = s.log.Close()
	case "append":
		for range count {
			var got txlog.Position
			if got, err = s.log.Append(ctx, bytes.Repeat([]byte{'x'}, size)); err != nil {
				break
			}
			fmt.Fprintf(&s.out, "%d ", got)
		}
		s.out.WriteByte('\n')
	case "read":
		err = s.read(txlog.Position(from))
	case "trim":
		err = s.log.Trim(txlog.Position(through))
	case "files":
		err = s.files()
	case "free":
		s.disk.SetFree(int64(free))
	case "fault":
		s.fault(simdisk.Op(op), kind)
	case "crash":
		s.disk = s.disk.Restart()
	case "keep":
		s.kept = s.disk.Clone(1)
	case "back":
		s.disk = s.kept.Clone(1)
	case "flip":
		s.disk.Flip(path, int64(at)*8)
	case "remove":
		err = s.disk.Remove(path)
	case "newer":
		err = s.newer(path)
	default:
		err = fmt.Errorf("no directive %s", d.Cmd)
	}
	return err
}

// read prints the blocks from a position to the head.
func (s *script) read(from txlog.Position) error {
	head, err := s.log.Head(ctx)
	if err != nil {
		return err
	}
	r, err := s.log.Read(from)
	if err != nil {
		return err
	}
	defer r.Close()
	for at := from; at <= head; at++ {
		got, block, err := r.Next(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(&s.out, "%d: %d bytes\n", got, len(block))
	}
	return nil
}

func (s *script) files() error {
	names, err := s.disk.List(dir)
	for _, name := range names {
		f, err := s.disk.Open(dir + "/" + name)
		if err != nil {
			return err
		}
		size, _ := f.Size()
		fmt.Fprintf(&s.out, "%s %d\n", name, size)
	}
	return err
}

// fault makes every operation of a kind fail until "fault op=none", the first write after a page and a half, others
// at once.
func (s *script) fault(op simdisk.Op, kind string) {
	cause := fmt.Errorf("injected: %w", fs.ErrInvalid)
	if kind == "full" {
		cause = fmt.Errorf("injected: %w", txlog.ErrDiskFull)
	}
	first := true
	s.disk.SetFault(func(got simdisk.Op, name string) error {
		if got == op && !strings.HasSuffix(name, txlog.MarkName) {
			if first {
				first = false
				return &simdisk.Partial{Bytes: 6144, Err: cause}
			}
			return cause
		}
		return nil
	})
}

// newer makes a file look as if a later release had written it.
func (s *script) newer(path string) error {
	f, err := s.disk.Open(path)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte{2, 0, 0, 0, 0xfd, 0xff, 0xff, 0xff}, 8); err != nil {
		return err
	}
	return f.SyncData()
}
