package transfer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
)

// text returns what a file says, unpacked and without its byte order mark.
func (f *file) text(r io.Reader) (*bufio.Reader, error) {
	if strings.HasSuffix(f.path, ".gz") {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("it is no gzip file: %w", err)
		}
		r = unpacked{z}
	}
	b := bufio.NewReaderSize(r, 256<<10)
	head, _ := b.Peek(3)
	switch {
	case bytes.HasPrefix(head, []byte("\ufeff")):
		_, _ = b.Discard(3)
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return nil, errors.New("it is UTF-16: make it UTF-8, as \"iconv -f UTF-16 -t UTF-8\" does")
	}
	if f.format != "csv" && f.format != "tsv" {
		return b, nil
	}
	if head, _ := b.Peek(64 << 10); bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 {
		b = bufio.NewReaderSize(returns{b}, 256<<10)
	}
	return b, nil
}

// unpacked says what is wrong with a compressed file.
type unpacked struct{ z *gzip.Reader }

func (u unpacked) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	switch {
	case err == io.ErrUnexpectedEOF:
		err = errors.New("the compressed file is cut off")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		err = fmt.Errorf("the compressed file is damaged: %w", err)
	}
	return n, err
}

// returns gives carriage returns that end lines by themselves as newlines.
type returns struct{ r io.Reader }

func (c returns) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// counter counts what passes.
type counter struct {
	r io.Reader
	n *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}
