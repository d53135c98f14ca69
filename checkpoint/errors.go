package checkpoint

import (
	"errors"
	"fmt"
)

// The errors callers branch on. They arrive wrapped; test with errors.Is.
var (
	// ErrUnfinished: the directory has no manifest, so making it never came to its end.
	ErrUnfinished = errors.New("checkpoint: unfinished")
	// ErrDamaged: a file or the manifest is not what it was when the checkpoint was made. Errors of this kind are
	// *DamageError.
	ErrDamaged = errors.New("checkpoint: damaged")
	// ErrFormat: the manifest has a format newer than this program knows.
	ErrFormat = errors.New("checkpoint: unknown format")
	// ErrExists: there is something under the name of a checkpoint that is to be made.
	ErrExists = errors.New("checkpoint: exists")
	// ErrBehind: the server's image stands for an earlier position than was asked for.
	ErrBehind = errors.New("checkpoint: behind")
)

// DamageError says which file of a checkpoint is not as it was. errors.Is(err, ErrDamaged) is true.
type DamageError struct {
	File   string // below the checkpoint's directory, with slashes
	Reason string
}

// Error names the file and what is wrong with it.
func (e *DamageError) Error() string {
	return fmt.Sprintf("checkpoint: damaged: %s: %s", e.File, e.Reason)
}

// Is reports whether target is ErrDamaged.
func (e *DamageError) Is(target error) bool { return target == ErrDamaged }

func damaged(file, format string, args ...any) error {
	return &DamageError{File: file, Reason: fmt.Sprintf(format, args...)}
}
