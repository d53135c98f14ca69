package txn

const (
	firstChunk = 2 << 10
	largeChunk = 64 << 10
)

// arena keeps copies of keys and values in few allocations. What it handed out
// is never moved or changed until reset.
type arena struct {
	chunk []byte // len is what is used
	first []byte // the chunk that survives reset
}

// copy returns a stable copy of b.
func (a *arena) copy(b []byte) []byte {
	return a.copy2(b, nil)
}

// copy2 returns a stable copy of b followed by tail.
func (a *arena) copy2(b, tail []byte) []byte {
	n := len(b) + len(tail)
	if cap(a.chunk)-len(a.chunk) < n {
		if n > largeChunk/4 {
			out := make([]byte, 0, n)
			out = append(out, b...)
			return append(out, tail...)
		}
		a.grow(n)
	}
	start := len(a.chunk)
	a.chunk = append(a.chunk, b...)
	a.chunk = append(a.chunk, tail...)
	return a.chunk[start:len(a.chunk):len(a.chunk)]
}

func (a *arena) grow(n int) {
	size := min(max(2*cap(a.chunk), firstChunk), largeChunk)
	for size < n {
		size *= 2
	}
	a.chunk = make([]byte, 0, size)
	if a.first == nil {
		a.first = a.chunk
	}
}

// reset makes the memory available again; shared says that somebody still
// holds slices of it, so that it must be left to them.
func (a *arena) reset(shared bool) {
	if shared {
		a.first = nil
	}
	a.chunk = a.first
}
