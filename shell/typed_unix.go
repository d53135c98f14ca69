//go:build unix

package shell

import (
	"os"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// typedAhead takes what was typed while an entry ran. The line editor asks the terminal where the
// cursor is before it reads, and drops what arrives together with the answer. (Its option not to ask
// has it overwrite the line above a prompt that stands at the bottom of the window.)
func typedAhead() []byte {
	fd := int(os.Stdin.Fd())
	state, err := term.MakeRaw(fd) // or a line without its end is not there yet
	if err != nil {
		return nil
	}
	defer func() { _ = term.Restore(fd, state) }()
	var out []byte
	for buf := make([]byte, 4096); ; {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		if err == unix.EINTR {
			continue
		}
		if n < 1 || err != nil {
			return out
		}
		n, err = os.Stdin.Read(buf)
		if err != nil {
			return out
		}
		out = append(out, buf[:n]...)
	}
}
