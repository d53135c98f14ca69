package transfer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"seriatim/client"
)

// Options says what is imported and how. Path and Client are needed, the rest has
// good zero values.
type Options struct {
	// Path is a file or a folder.
	Path string
	// Format is one of Formats; "" is auto.
	Format string
	// Collection takes the rows of all files; "" is each file's own.
	Collection string
	// Types is what ParseTypes returns.
	Types map[string]string
	// IDColumn and TSColumn name the members of plain rows that are the document's.
	IDColumn, TSColumn string
	// Append allows collections that are not empty.
	Append bool
	// WithoutTS gives documents the time of their import.
	WithoutTS bool
	// AllowShortRows and EmptyCellsAsText are about CSV.
	AllowShortRows, EmptyCellsAsText bool
	// Separator stands between cells of CSV; 0 is a comma, or in .tsv a tab.
	Separator byte
	// DryRun reads everything and writes nothing.
	DryRun bool
	// Resume goes on with an import that was interrupted.
	Resume bool
	// State is the path of the journal; "" is beside Path.
	State string
	// Rejects is the path of a file for rows that were not imported; "" is none.
	Rejects string
	// BatchRows and BatchBytes bound a transaction, and InFlight how many run at once.
	BatchRows, BatchBytes, InFlight int
	// Patience is how long a server that is away is waited for; 0 is 30 seconds.
	Patience time.Duration

	// Client writes. Credentials is a session with the server role, which alone may bring
	// hashes of passwords along; nil refuses them.
	Client, Credentials *client.Client
	// Progress, when not nil, is told from time to time how far the import is.
	Progress func(Progress)
}

// Progress is how far an import or export is. Total is 0 when it is not known.
type Progress struct {
	Rows, Rejected int64
	Bytes, Total   int64 // of the source's files; an export's Total counts rows
	What           string
	// Reject is the first row that was rejected: where it stands and why, "" for none.
	Reject string
}

// The bounds of a batch that Options does not say: measured, see docs/import.md.
const (
	defaultBatchRows  = 400
	defaultBatchBytes = 512 << 10
	defaultInFlight   = 4
	resendable        = 23 * time.Hour // the server keeps answers for 24
)

// importing is one import under way.
type importing struct {
	Options
	source  *source
	journal *journal
	rejects *rejects
	report  *Report
	read    atomic.Int64
	sent    atomic.Bool // rows, by this import or the one that it goes on with
	total   int64
	// roles of functions, which are set when both are there.
	roles []*row
	// histories are collections and how many days of history they are to keep in the end.
	histories []*row
	// deferred are indexes, roles and access providers, which come when the collections and
	// functions of all files of definitions are there.
	deferred []*batch
	// known are the collections that were seen to.
	known map[string]bool
}

// Import brings a source into the database that Client talks to. The report is not nil
// when rows were read, also when the import ends in an error. Errors of the server are
// *client.Error, wrapped, or wrap client.ErrConnection; ErrInterrupted and ErrNotSame are
// those of a journal.
func Import(ctx context.Context, o Options) (*Report, error) {
	im, err := newImport(o)
	if err != nil {
		return nil, err
	}
	if err := im.survey(); err != nil {
		return im.report, err
	}
	if err := im.prepare(ctx); err != nil {
		return im.report, err
	}
	err = im.run(ctx)
	if im.rejects != nil {
		err = errors.Join(err, im.rejects.close())
	}
	if im.journal == nil {
		return im.report, err
	}
	if err != nil && !im.sent.Load() {
		return im.report, errors.Join(err, im.journal.finish())
	}
	if err != nil {
		im.report.State = im.journal.path
		return im.report, errors.Join(err, im.journal.f.Close())
	}
	return im.report, im.journal.finish()
}

func newImport(o Options) (*importing, error) {
	o.Path = filepath.Clean(o.Path)
	if o.Format == "" {
		o.Format = "auto"
	}
	for into, n := range map[*int]int{&o.BatchRows: defaultBatchRows, &o.BatchBytes: defaultBatchBytes, &o.InFlight: defaultInFlight} {
		if *into <= 0 {
			*into = n
		}
	}
	if o.Patience == 0 {
		o.Patience = 30 * time.Second
	}
	if o.State == "" {
		o.State = o.Path + ".import-state"
	}
	s, err := findSource(o.Path, o.Format)
	if err != nil {
		return nil, err
	}
	im := &importing{Options: o, source: s, report: newReport(s.notes), known: map[string]bool{}}
	im.report.DryRun = o.DryRun
	for _, f := range s.files {
		im.total += f.size
	}
	return im, nil
}

// pattern returns how rows of a file are read. Each reader has its own.
func (im *importing) pattern(f *file) *pattern {
	p := &pattern{shape: f.shape, collection: f.collection, withoutTS: im.WithoutTS, idColumn: im.IDColumn, tsColumn: im.TSColumn,
		types: map[string]*conversion{}, reading: &reading{tags: true}}
	if im.Collection != "" {
		p.collection, p.always = im.Collection, true
	}
	if im.Format == "json" || im.Format == "jsonl" || f.format == "csv" || f.format == "tsv" || im.source.simple {
		p.reading.tags = false
	}
	if im.source.simple {
		p.reading.refs = map[string]bool{}
		for _, f := range im.source.files {
			p.reading.refs[f.collection] = true
		}
	}
	for column, kind := range im.Types {
		switch kind {
		case "id":
			p.idColumn = column
		case "ts":
			p.tsColumn = column
		default:
			p.types[column] = newConversion(column, kind)
		}
	}
	return p
}

// ranks say in which order what is needed by others comes: definitions, which documents
// may name (a set names an index), documents, and credentials, which stand for documents.
var ranks = map[string]int{"collections": 0, "functions": 1, "indexes": 2, "roles": 3, "access_providers": 4, "credentials": 6, "keys": 7, "tokens": 7, "databases": 7}

const rankDocuments = 5

func rankOf(target string) int {
	if n, ok := ranks[target]; ok {
		return n
	}
	return rankDocuments
}

// survey looks at the first row of each file, to learn where its rows go.
func (im *importing) survey() error {
	for _, f := range im.source.files {
		f.rank = rankDocuments
		var unread atomic.Int64
		r, err := f.open(&unread, &im.Options)
		if err != nil {
			return err
		}
		target := f.collection
		if im.Collection != "" {
			target = im.Collection
		}
		p, err := r.next()
		if err == nil && p.bad == nil {
			if rows, err := im.pattern(f).rowsOf(p.raw); err == nil && len(rows) > 0 {
				if one, _ := im.pattern(f).row(rows[0]); one != nil && one.target != "" {
					target = one.target
				}
			}
		}
		if err := errors.Join(r.close()); err != nil {
			return err
		}
		f.rank = rankOf(target)
		if f.rank == rankDocuments {
			f.collection = target
		}
	}
	slices.SortStableFunc(im.source.files, func(a, b *file) int { return a.rank - b.rank })
	if im.source.simple {
		im.report.note("the encoding is \"simple\": times, dates and bytes are text in it and stay so, unless --type says otherwise; {id, coll} is taken for a reference")
	}
	return nil
}

// fingerprint is what must be the same for an import to go on.
func (im *importing) fingerprint() string {
	o := &im.Options
	types := make([]string, 0, len(o.Types))
	for column, kind := range o.Types {
		types = append(types, column+"::"+kind)
	}
	slices.Sort(types)
	return fmt.Sprint(o.Format, " ", o.Collection, " ", strings.Join(types, ","), " ", o.IDColumn, " ", o.TSColumn, " ", o.WithoutTS, o.AllowShortRows, o.EmptyCellsAsText, o.Append, o.Separator)
}

func (im *importing) header() header {
	h := header{Options: im.fingerprint(), Rows: im.BatchRows, Bytes: im.BatchBytes}
	for _, f := range im.source.files {
		h.Files = append(h.Files, fmt.Sprintf("%s %d", f.name, f.size))
	}
	return h
}

// prepare looks at the collections that are to take the rows, and opens the journal.
func (im *importing) prepare(ctx context.Context) error {
	going := false
	if !im.DryRun {
		if _, err := os.Stat(im.State); err == nil {
			going = true
		} else if im.Resume {
			im.report.note("there is no interrupted import to go on with (" + im.State + "); this one begins anew")
		}
	}
	if !going && !im.Append {
		if err := im.checkEmpty(ctx); err != nil {
			return err
		}
	}
	if im.DryRun {
		im.InFlight = 1
	} else {
		j, err := openJournal(im.State, im.header(), im.Resume)
		if err != nil {
			return err
		}
		im.journal = j
		im.sent.Store(going)
		im.BatchRows, im.BatchBytes = j.header.Rows, j.header.Bytes
		if err := im.checkAge(); err != nil {
			return err
		}
	}
	if im.Rejects == "" {
		return nil
	}
	var err error
	im.rejects, err = openRejects(im.Rejects, im.journal, im.source.files)
	return err
}

// checkAge refuses to send again what the server no longer knows.
func (im *importing) checkAge() error {
	if len(im.journal.ranges) == 0 || time.Since(im.journal.last) < resendable {
		return nil
	}
	for _, d := range im.journal.ranges {
		if d.WithoutID {
			return fmt.Errorf("%w more than a day ago, and its rows have no ids: up to %d of them, sent then and not in %s, might come twice. Import anew into an empty collection",
				ErrInterrupted, im.InFlight*im.BatchRows, im.State)
		}
	}
	return nil
}

// NotEmpty says that a collection has documents and Append was not asked for.
type NotEmpty struct{ Collection string }

func (e *NotEmpty) Error() string {
	return fmt.Sprintf("collection %s is not empty (--append adds to it)", e.Collection)
}

func (im *importing) checkEmpty(ctx context.Context) error {
	seen := map[string]bool{}
	for _, f := range im.source.files {
		if f.rank != rankDocuments || f.collection == "" || seen[f.collection] {
			continue
		}
		seen[f.collection] = true
		res, err := im.send(ctx, im.Client, emptyQuery(f.collection), "")
		if err != nil {
			return err
		}
		if string(res.Body) != "true" {
			return &NotEmpty{f.collection}
		}
	}
	return nil
}
