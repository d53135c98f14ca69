package seriatim_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"seriatim"
)

// TestReadOnlyDisk opens a directory on a file system that cannot be written, and makes
// one there.
func TestReadOnlyDisk(t *testing.T) {
	source, mount := unpackGolden(t), t.TempDir()
	if err := unix.Mount(source, mount, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("no right to mount a file system: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(mount, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	if err := unix.Mount("", mount, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skipf("no right to remount: %v", err)
	}
	refused(t, mount, unix.EROFS, "read-only file system")
	if _, err := seriatim.Open(seriatim.Options{Dir: filepath.Join(mount, "new"), RootSecret: "secret"}); err == nil {
		t.Error("a directory was made on a read-only file system")
	}
	if _, err := os.Stat(filepath.Join(source, "new")); err == nil {
		t.Error("something was made")
	}
}

// TestWritable: what asks whether writes work hears of a full disk, and of space again.
func TestWritable(t *testing.T) {
	mount := t.TempDir()
	if err := unix.Mount("none", mount, "tmpfs", 0, "size=300m"); err != nil {
		t.Skipf("no right to mount a file system: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(mount, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	db, err := seriatim.Open(seriatim.Options{Dir: filepath.Join(mount, "data"), RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Writable(t.Context()); err != nil {
		t.Errorf("with space: %v", err)
	}
	fill := filepath.Join(mount, "fill")
	f, err := os.Create(fill)
	if err != nil {
		t.Fatal(err)
	}
	for chunk := make([]byte, 1<<20); err == nil; {
		_, err = f.Write(chunk)
	}
	if err := f.Close(); err != nil {
		t.Log(err)
	}
	if err := db.Writable(t.Context()); !errors.Is(err, seriatim.ErrNoSpace) {
		t.Errorf("without space: %v", err)
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("the log answers without space: %v", err)
	}
	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	if err := db.Writable(t.Context()); err != nil {
		t.Errorf("with space again: %v", err)
	}
}

// TestForbidden opens a directory with parts that this process may not read or change.
func TestForbidden(t *testing.T) {
	for _, c := range []struct {
		name string
		mode os.FileMode
	}{
		{"", 0o000}, {"FORMAT", 0o000}, {"log", 0o000}, {"log/mark", 0o400}, {"log/00000000000000000001.log", 0o000},
		{"log/lock", 0o400}, {"store", 0o000}, {"store/FORMAT", 0o000},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := unpackGolden(t)
			name := filepath.Join(dir, c.name)
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			before := everything(t, dir)
			if err := os.Chmod(name, c.mode); err != nil {
				t.Fatal(err)
			}
			asNobody(t, dir, func() {
				db, err := seriatim.Open(seriatim.Options{Dir: dir, RootSecret: "secret"})
				if err == nil {
					t.Error("it was opened", db.Close())
				} else if !errors.Is(err, fs.ErrPermission) {
					t.Error(err)
				}
			})
			if err := os.Chmod(name, info.Mode()); err != nil {
				t.Fatal(err)
			}
			for path, was := range everything(t, dir) {
				if before[path] != was {
					t.Errorf("%s was %s and is %s", path, before[path], was)
				}
			}
		})
	}
}

// asNobody runs f without the rights of the superuser, for whom nothing is forbidden.
func asNobody(t *testing.T, dir string, f func()) {
	if os.Geteuid() != 0 {
		f()
		return
	}
	const nobody = 65534
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chown(path, nobody, nobody))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Seteuid(nobody); err != nil {
		t.Skip(err)
	}
	defer func() {
		if err := syscall.Seteuid(0); err != nil {
			panic(err)
		}
	}()
	f()
}
