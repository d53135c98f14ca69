package checkpoint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// StatusError is an answer that repeating the request will not change.
type StatusError struct {
	Code int    // HTTP status
	Text string // what the server said, shortened
}

// Error names both.
func (e *StatusError) Error() string {
	return fmt.Sprintf("checkpoint: the server answered %d: %s", e.Code, e.Text)
}

var (
	// errGone: the server does not keep that checkpoint any more.
	errGone = errors.New("checkpoint: the server has let go of the checkpoint")
	// errPassing: worth another try.
	errPassing = errors.New("checkpoint: the transfer was interrupted")
)

// manifest gets a manifest into f.m and returns its text.
func (f *fetch) manifest(query string) ([]byte, error) {
	var text []byte
	ticket := ""
	err := f.persist(func() (bool, error) {
		path := "manifest?" + query
		if ticket != "" {
			path += "&ticket=" + url.QueryEscape(ticket)
		}
		var b bytes.Buffer
		resp, err := f.get(path, "", &b, MaxManifest+1)
		if err != nil {
			return false, err
		}
		if resp.StatusCode == http.StatusAccepted {
			ticket = resp.Header.Get(ticketHeader)
			return true, errPassing
		}
		text = b.Bytes()
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	f.m, err = Parse(text)
	return text, err
}

// persist repeats a step until it succeeds, fails for good, or fails too often in a row without having moved.
func (f *fetch) persist(step func() (moved bool, err error)) error {
	pause := f.o.pause
	for failures := 0; ; {
		moved, err := step()
		if err == nil || !errors.Is(err, errPassing) {
			return err
		}
		if failures++; moved {
			failures, pause = 0, f.o.pause
		}
		if failures >= fetchTries {
			return err
		}
		select {
		case <-time.After(pause):
		case <-f.ctx.Done():
			return f.ctx.Err()
		}
		pause = min(2*pause, 20*f.o.pause)
	}
}

// file brings one file of the checkpoint to the content that the manifest says.
func (f *fetch) file(line *File) error {
	var err error
	for range wholeTries {
		if err = f.fill(line); err != nil {
			return err
		}
		if err = line.check(f.dir); err == nil {
			f.done += line.Size
			f.progress(0)
			return nil
		}
		if !errors.Is(err, ErrDamaged) {
			return err
		}
		if removed := os.Remove(f.place(line.Name)); removed != nil {
			return fmt.Errorf("checkpoint: fetch: %w", removed)
		}
	}
	return fmt.Errorf("checkpoint: fetched %d times: %w", wholeTries, err)
}

// fill appends what is missing of a file until it has its size, durably.
func (f *fetch) fill(line *File) (err error) {
	out, err := os.OpenFile(f.place(line.Name), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("checkpoint: fetch: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	have, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("checkpoint: fetch: %w", err)
	}
	if have > line.Size {
		if err := out.Truncate(0); err != nil {
			return fmt.Errorf("checkpoint: fetch: %w", err)
		}
		have = 0
	}
	if have == line.Size {
		return out.Sync()
	}
	path := "file/" + f.m.ID() + "/" + line.Name
	err = f.persist(func() (bool, error) {
		begin := have
		if _, err := out.Seek(have, io.SeekStart); err != nil {
			return false, err
		}
		w := &counter{w: out, f: f, n: &have}
		_, err := f.get(path, fmt.Sprintf("bytes=%d-", have), w, line.Size-have)
		if err == nil && have < line.Size {
			err = fmt.Errorf("%w: %s ended after %d of %d bytes", errPassing, line.Name, have, line.Size)
		}
		return have > begin, err
	})
	if err != nil {
		return err
	}
	return out.Sync()
}

// counter notes how far a file has come.
type counter struct {
	w io.Writer
	f *fetch
	n *int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	*c.n += int64(n)
	c.f.progress(*c.n)
	return n, err
}

func (f *fetch) progress(more int64) {
	if f.o.Progress != nil {
		f.o.Progress(f.done+more, f.m.Bytes())
	}
}

// get makes one request and copies at most limit bytes of a successful answer to w. With span it wants exactly that
// part. An error that wraps errPassing is worth another try.
func (f *fetch) get(path, span string, w io.Writer, limit int64) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(f.ctx)
	defer cancel(nil)
	stall := fmt.Errorf("%w: nothing came for %s", errPassing, f.o.Patience)
	idle := time.AfterFunc(f.o.Patience, func() { cancel(stall) })
	defer idle.Stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.base+path, nil)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: fetch: %w", err)
	}
	r.Header.Set("Accept-Encoding", "identity")
	if span != "" {
		r.Header.Set("Range", span)
	}
	resp, err := f.client.Do(r)
	if err != nil {
		return nil, f.interrupted(ctx, err)
	}
	defer resp.Body.Close()
	if err := judge(resp, span); err != nil {
		return nil, err
	}
	buf := make([]byte, chunk)
	for limit > 0 {
		idle.Reset(f.o.Patience)
		n, readErr := resp.Body.Read(buf[:min(int64(len(buf)), limit)])
		idle.Stop()
		limit -= int64(n)
		if _, err := w.Write(buf[:n]); err != nil {
			return nil, fmt.Errorf("checkpoint: fetch: %w", err)
		}
		if readErr == io.EOF {
			break
		}
		if readErr != nil {
			return nil, f.interrupted(ctx, readErr)
		}
		if err := f.pace.wait(f.ctx, n, f.o.BytesPerSecond); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// interrupted tells the end of the caller's patience from a network that failed.
func (f *fetch) interrupted(ctx context.Context, err error) error {
	if f.ctx.Err() != nil {
		return f.ctx.Err()
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return fmt.Errorf("%w: %w", errPassing, err)
}

// judge looks at the status of an answer.
func judge(resp *http.Response, span string) error {
	switch code := resp.StatusCode; {
	case span != "" && code == http.StatusPartialContent:
		from, ok := strings.CutPrefix(resp.Header.Get("Content-Range"), "bytes ")
		if asked := strings.TrimPrefix(span, "bytes="); !ok || !strings.HasPrefix(from, asked) {
			return fmt.Errorf("%w: another part was sent than was asked for", errPassing)
		}
		return nil
	case span == "bytes=0-" && code == http.StatusOK, span == "" && (code == http.StatusOK || code == http.StatusAccepted):
		return nil
	case code == http.StatusNotFound:
		return fmt.Errorf("%w: %w", errGone, status(resp))
	case code >= 500 || code == http.StatusTooManyRequests || code < 400:
		return fmt.Errorf("%w: %w", errPassing, status(resp))
	}
	return status(resp)
}

func status(resp *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
	return &StatusError{Code: resp.StatusCode, Text: strings.TrimSpace(string(text))}
}
