package httpapi_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"seriatim/httpapi"
)

// TestAnnouncedFrame: a frame that announces far more than a message may have ends the
// connection at once, though none of it ever comes.
func TestAnnouncedFrame(t *testing.T) {
	d := start(t, httpapi.Options{})
	key := d.newUni()
	for _, announced := range []uint64{16<<20 + 1, 1 << 40, 1 << 62} {
		t.Run(fmt.Sprint(announced), func(t *testing.T) {
			var raw net.Conn
			l := d.live(t, key, func(o *websocket.DialOptions) { o.HTTPClient = watched(&raw) })
			head := binary.BigEndian.AppendUint64([]byte{0x81, 0xff}, announced)
			if _, err := raw.Write(append(head, 1, 2, 3, 4)); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second) // a sign of life is asked for after 30
			defer cancel()
			_, _, err := l.conn.Read(ctx)
			if websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
				t.Errorf("%v, want a close with 1009", err)
			}
		})
	}
}

// TestFrames: whatever the frames of a connection are cut into, those that are small
// enough arrive as they were sent, and nothing after the head of one that is not.
func TestFrames(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		var sent []byte
		for range random.IntN(6) {
			sent = append(sent, wsFrame(random, uint64(random.IntN(3)*random.IntN(40_000)))...)
		}
		good, bad := len(sent), random.IntN(2) == 0
		if bad {
			sent = append(sent, wsHead(random, 16<<20+1+uint64(random.IntN(1000)))...)
			sent = append(sent, "more"...)
		}
		early := random.IntN(1 + min(good, 20))
		got, err := io.ReadAll(httpapi.Frames(&pieces{random: random, rest: sent[early:]}, sent[:early]))
		if refused := err != nil; refused != bad || !bytes.HasPrefix(sent, got) || len(got) < good || len(got) > good+10 {
			t.Fatalf("seed %d: %d of %d bytes arrived, of which %d are good, and then %v", seed, len(got), len(sent), good, err)
		}
	}
}

// wsFrame is one masked frame with a payload of that length.
func wsFrame(random *rand.Rand, length uint64) []byte {
	b := wsHead(random, length)
	for end := len(b) + int(length); len(b) < end; {
		b = binary.BigEndian.AppendUint64(b, random.Uint64())[:min(len(b)+8, end)]
	}
	return b
}

// wsHead begins such a frame.
func wsHead(random *rand.Rand, length uint64) []byte {
	b := []byte{0x82, 0x80}
	switch {
	case length < 126:
		b[1] |= byte(length)
	case length < 1<<16:
		b[1] |= 126
		b = binary.BigEndian.AppendUint16(b, uint16(length))
	default:
		b[1] |= 127
		b = binary.BigEndian.AppendUint64(b, length)
	}
	return binary.BigEndian.AppendUint32(b, random.Uint32())
}

// watched returns a client that keeps the connection it makes.
func watched(made *net.Conn) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (c net.Conn, err error) {
		c, err = new(net.Dialer).DialContext(ctx, network, address)
		*made = c
		return c, err
	}}}
}

// pieces is a connection from which bytes come in pieces.
type pieces struct {
	net.Conn
	random *rand.Rand
	rest   []byte
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.rest[:1+p.random.IntN(min(len(p.rest), 5000))])
	p.rest = p.rest[n:]
	return n, nil
}
