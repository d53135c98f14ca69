package transfer

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"seriatim/client"
)

// ExportOptions says what is exported and how. Client is needed, and Dir or Out.
type ExportOptions struct {
	// Dir is a folder that is absent or empty.
	Dir string
	// Out takes the rows of the one collection that Collections names.
	Out io.Writer
	// Encoding is one of Encodings; "" is tagged.
	Encoding string
	// Collections are those to export; none is all, with definitions and credentials.
	Collections []string
	// WithoutSchema leaves definitions and credentials out.
	WithoutSchema bool
	// At is the time in microseconds of which the export is; 0 is now.
	At int64
	// Client reads. Credentials is a session with the server role, for credentials; nil
	// leaves them out.
	Client, Credentials *client.Client
	// Progress, when not nil, is told from time to time how far the export is.
	Progress func(Progress)
}

// Encodings are the names that ExportOptions.Encoding takes: tagged is exact, simple is
// plain JSON, csv is for spreadsheets.
var Encodings = []string{"tagged", "simple", "csv"}

// Exported is what an export wrote.
type Exported struct {
	TS    int64 // microseconds
	Rows  int64
	Took  time.Duration
	Files []ExportedFile
	Notes []string
}

// ExportedFile is one file of it.
type ExportedFile struct {
	Name  string
	Rows  int64
	Bytes int64
}

// The size of a page is fitted to what its documents take.
const (
	firstPage    = 200
	largestPage  = 10000
	wantedAnswer = 2 << 20
)

type exporting struct {
	ExportOptions
	ts    int64
	total int64
	rows  int64
	out   Exported
	list  manifest
}

// Export writes a database, or some collections of it, as of one point in time: every page
// is read at the same timestamp, whatever is written meanwhile. The manifest comes last.
func Export(ctx context.Context, o ExportOptions) (*Exported, error) {
	begun := time.Now()
	if o.Encoding == "" {
		o.Encoding = Encodings[0]
	}
	ex := &exporting{ExportOptions: o}
	if err := ex.begin(ctx); err != nil {
		return nil, err
	}
	names := o.Collections
	if len(names) == 0 {
		var err error
		if names, err = ex.names(ctx, "collections"); err != nil {
			return nil, err
		}
	}
	ex.countAll(ctx, names)
	if o.Dir != "" && len(o.Collections) == 0 && !o.WithoutSchema {
		if err := ex.schema(ctx); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		if err := ex.collection(ctx, name); err != nil {
			return nil, fmt.Errorf("collection %s: %w", name, err)
		}
	}
	if o.Dir != "" {
		if err := ex.list.write(o.Dir); err != nil {
			return nil, err
		}
	}
	ex.out.Took = time.Since(begun)
	return &ex.out, nil
}

// begin chooses the time and makes the folder.
func (ex *exporting) begin(ctx context.Context) error {
	res, err := ex.Client.Send(ctx, []byte(`{"now":null}`))
	if err != nil {
		return err
	}
	if ex.ts = ex.At; ex.ts == 0 {
		ex.ts = res.TxnTime
	}
	ex.out.TS = ex.ts
	ex.list = manifest{Format: manifestFormat, Encoding: ex.Encoding, TS: ex.ts, Time: time.UnixMicro(ex.ts).UTC().Format(time.RFC3339Nano), Files: []manifestFile{}}
	if ex.Dir == "" {
		return nil
	}
	entries, err := os.ReadDir(ex.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("folder %s is not empty", ex.Dir)
	}
	return os.MkdirAll(ex.Dir, 0o755)
}

// at wraps a query so that it reads as of the export's time.
func (ex *exporting) at(query string) []byte {
	return []byte(`{"at":` + strconv.FormatInt(ex.ts, 10) + `,"expr":` + query + `}`)
}

// page is what a page of results holds.
type page struct {
	Data  []json.RawMessage `json:"data"`
	After json.RawMessage   `json:"after"`
}

// each calls f with every element of a set, page after page.
func (ex *exporting) each(ctx context.Context, c *client.Client, set, element string, f func(json.RawMessage) error) error {
	size, after := firstPage, ""
	for {
		q := `{"paginate":` + set + `,"size":` + strconv.Itoa(size) + after + `}`
		if element != "" {
			q = `{"map":{"lambda":"x","expr":` + element + `},"collection":` + q + `}`
		}
		res, err := (&importing{Options: Options{Patience: 30 * time.Second}}).send(ctx, c, ex.at(q), "")
		var answer *client.Error
		if errors.As(err, &answer) && answer.Status == statusBadRequest && size > 1 && tooMuch(answer) {
			size = max(1, size/4)
			continue
		}
		if err != nil {
			return err
		}
		var p page
		if err := json.Unmarshal(res.Body, &p); err != nil {
			return fmt.Errorf("transfer: the server answers %.80s", res.Body)
		}
		for _, one := range p.Data {
			if err := f(one); err != nil {
				return err
			}
		}
		if p.After == nil {
			return nil
		}
		after = `,"after":` + string(p.After)
		size = min(largestPage, 2*size, max(1, wantedAnswer*len(p.Data)/max(1, len(res.Body))))
	}
}

// tooMuch tells whether a smaller page may do.
func tooMuch(e *client.Error) bool {
	for i := range e.Errors {
		switch e.Errors[i].Code {
		case "instance not found", "invalid ref", "invalid argument", "permission denied", "validation failed":
			return false
		}
	}
	return true
}

func (ex *exporting) names(ctx context.Context, kind string) (out []string, err error) {
	err = ex.each(ctx, ex.Client, `{"`+kind+`":null}`, "", func(raw json.RawMessage) error {
		var ref struct {
			Ref struct {
				ID string `json:"id"`
			} `json:"@ref"`
		}
		if err := json.Unmarshal(raw, &ref); err != nil {
			return err
		}
		out = append(out, ref.Ref.ID)
		return nil
	})
	return out, err
}

// countAll learns how many rows there are, for the progress. Where it costs too much to
// know, it is not known.
func (ex *exporting) countAll(ctx context.Context, names []string) {
	if ex.Progress == nil {
		return
	}
	for _, name := range names {
		res, err := ex.Client.Send(ctx, ex.at(`{"count":{"documents":`+string(appendCollection(nil, name))+`}}`))
		n, bad := int64(0), err
		if err == nil {
			n, bad = strconv.ParseInt(string(res.Body), 10, 64)
		}
		if bad != nil {
			ex.total = 0
			return
		}
		ex.total += n
	}
}

// schema writes definitions and credentials.
func (ex *exporting) schema(ctx context.Context) error {
	for _, kind := range []string{"collections", "functions", "indexes", "roles", "access_providers"} {
		if err := ex.file(ctx, "schema/"+kind+".jsonl", kind, ex.Client, `{"`+kind+`":null}`, exact); err != nil {
			return err
		}
	}
	if ex.Credentials == nil {
		ex.out.Notes = append(ex.out.Notes, "credentials are left out: they take a secret that gives the server role")
		return nil
	}
	return ex.file(ctx, "credentials.jsonl", "credentials", ex.Credentials, `{"credentials":null}`, exact)
}

func (ex *exporting) collection(ctx context.Context, name string) error {
	set := `{"documents":` + string(appendCollection(nil, name)) + `}`
	switch ex.Encoding {
	case "csv":
		return ex.csv(ctx, name, set)
	case "simple":
		return ex.file(ctx, "data/"+fileName(name)+".jsonl", name, ex.Client, set, simple)
	}
	return ex.file(ctx, "data/"+fileName(name)+".jsonl", name, ex.Client, set, exact)
}

// exact is a row as it came, on one line.
func exact(dst []byte, raw []byte) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	err := json.Compact(b, raw)
	return b.Bytes(), err
}

// sink is a file that is being written, or Out.
type sink struct {
	*bufio.Writer
	f     *os.File
	sum   hash.Hash
	bytes int64
}

// put writes, counts and hashes.
func (s *sink) put(b []byte) error {
	s.bytes += int64(len(b))
	s.sum.Write(b)
	_, err := s.Writer.Write(b)
	return err
}

func (ex *exporting) create(name string) (*sink, error) {
	s := &sink{sum: sha256.New()}
	if ex.Dir == "" {
		s.Writer = bufio.NewWriterSize(ex.Out, 256<<10)
		return s, nil
	}
	path := filepath.Join(ex.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	mode := fs.FileMode(0o644)
	if name == "credentials.jsonl" {
		mode = 0o600
	}
	var err error
	s.f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	s.Writer = bufio.NewWriterSize(s.f, 256<<10)
	return s, err
}

// finish ends a file and notes it.
func (ex *exporting) finish(s *sink, name, collection string, rows int64) error {
	err := s.Flush()
	if s.f != nil {
		err = errors.Join(err, s.f.Close())
	}
	ex.out.Rows += rows
	if ex.Dir == "" {
		name = collection
	}
	ex.out.Files = append(ex.out.Files, ExportedFile{name, rows, s.bytes})
	ex.list.Files = append(ex.list.Files, manifestFile{name, collection, rows, s.bytes, hex.EncodeToString(s.sum.Sum(nil))})
	return err
}

// file writes a set of documents, each as render spells it.
func (ex *exporting) file(ctx context.Context, name, collection string, c *client.Client, set string, render func(dst, raw []byte) ([]byte, error)) error {
	s, err := ex.create(name)
	if err != nil {
		return err
	}
	rows := int64(0)
	var line []byte
	err = ex.each(ctx, c, set, `{"get":{"var":"x"}}`, func(raw json.RawMessage) error {
		var err error
		if line, err = render(line[:0], raw); err != nil {
			return err
		}
		rows++
		ex.tell(collection)
		return s.put(append(line, '\n'))
	})
	return errors.Join(err, ex.finish(s, name, collection, rows))
}

// tell counts a document.
func (ex *exporting) tell(collection string) {
	if natives[collection] {
		return
	}
	ex.rows++
	if ex.Progress != nil && ex.rows%100 == 0 {
		ex.Progress(Progress{Rows: ex.rows, Bytes: ex.rows, Total: ex.total, What: collection})
	}
}
