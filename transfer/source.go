package transfer

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
)

// file is one file of a source.
type file struct {
	path       string
	name       string // as told, relative to the source
	collection string // by its name
	size       int64
	format     string // json, jsonl, csv or tsv
	shape      shape
	rank       int
}

// Formats are the names that Options.Format takes.
var Formats = []string{"auto", "json", "jsonl", "csv", "tsv", "driver", "tagged", "simple"}

// source is what is imported.
type source struct {
	path   string
	files  []*file
	simple bool // of a snapshot whose encoding has no types
	notes  []string
}

// findSource lists the files of a path.
func findSource(path, format string) (*source, error) {
	if !slices.Contains(Formats, format) {
		return nil, fmt.Errorf("the format is one of %s", strings.Join(Formats, ", "))
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	s := &source{path: filepath.Clean(path)}
	switch {
	case !info.IsDir():
		f := newFile(path, filepath.Base(path), info.Size(), format)
		if f == nil {
			return nil, fmt.Errorf("%s: %s", path, noFormat(path))
		}
		s.files = append(s.files, f)
	case isSnapshot(path):
		err = s.snapshot(format)
	case isExport(path):
		err = s.export()
	default:
		err = s.folder(format)
	}
	if err == nil && len(s.files) == 0 {
		err = fmt.Errorf("%s has nothing to import", path)
		if len(s.notes) > 0 {
			err = fmt.Errorf("%w: %s", err, s.notes[0])
		}
	}
	s.simple = s.simple || format == "simple"
	return s, err
}

// newFile returns the file, nil when neither its name nor format say what it holds.
func newFile(path, name string, size int64, format string) *file {
	base := strings.TrimSuffix(filepath.Base(name), ".gz")
	ext := filepath.Ext(base)
	f := &file{path: path, name: filepath.ToSlash(name), size: size, collection: strings.TrimSuffix(base, ext)}
	switch ext {
	case ".json":
		f.format = "json"
	case ".jsonl", ".ndjson":
		f.format = "jsonl"
	case ".csv", ".tsv":
		f.format = ext[1:]
	}
	switch format {
	case "json", "jsonl":
		f.format, f.shape = format, shapePlain
	case "csv", "tsv":
		f.format = format
	case "driver":
		f.shape = shapeDriver
	case "tagged", "simple":
		f.shape = shapeSnapshot
	}
	if f.format == "" && f.shape != shapeAny {
		f.format = "json"
	}
	if f.format == "csv" || f.format == "tsv" {
		f.shape = shapePlain
	}
	if f.format == "" {
		return nil
	}
	return f
}

// noFormat says why a file is not read.
func noFormat(name string) string {
	if filepath.Ext(name) == ".fsl" {
		return "FSL, the schema language of FQL v10, is not read: make what it defines with CreateCollection, CreateIndex, CreateFunction and CreateRole"
	}
	return "what its name ends in says no format (--format)"
}

// folder takes every file that is directly in a folder, as fauna-shell does.
func (s *source) folder(format string) error {
	entries, err := os.ReadDir(s.path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return err
		}
		switch f := newFile(filepath.Join(s.path, e.Name()), e.Name(), info.Size(), format); {
		case e.IsDir():
			s.notes = append(s.notes, fmt.Sprintf("folder %s is skipped: a folder's own files are imported only", e.Name()))
		case f == nil:
			s.notes = append(s.notes, fmt.Sprintf("%s is skipped: %s", e.Name(), noFormat(e.Name())))
		default:
			s.files = append(s.files, f)
		}
	}
	return nil
}

// metadata is what a snapshot export says of one of its parts.
type metadata struct {
	DocFormat  string `json:"doc_format"`
	SnapshotTS string `json:"snapshot_ts"`
	Part       int    `json:"part"`
	TotalParts int    `json:"total_parts"`
	FilesCount int    `json:"files_count"`
}

func isSnapshot(path string) bool {
	found := false
	_ = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err == nil && (snapshotCollection(path, p) != "" || readMetadata(p) != nil) {
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}

func readMetadata(path string) *metadata {
	base := filepath.Base(path)
	if !strings.HasPrefix(base, "metadata_") || !strings.HasSuffix(base, ".json") {
		return nil
	}
	b, err := os.ReadFile(path)
	var m metadata
	if err != nil || json.Unmarshal(b, &m) != nil || m.DocFormat == "" {
		return nil
	}
	return &m
}

// snapshotCollection is the collection of a data file: …/data/collections/X/X_00_000000.jsonl.
func snapshotCollection(root, path string) string {
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return ""
	}
	parts := strings.Split(filepath.ToSlash(rel), "/")
	n := len(parts)
	if n < 4 || parts[n-4] != "data" || parts[n-3] != "collections" {
		return ""
	}
	return parts[n-2]
}

// snapshot takes the data files of a snapshot export, wherever in the folder they are.
func (s *source) snapshot(format string) error {
	parts, total, counted := 0, 0, 0
	err := filepath.WalkDir(s.path, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(s.path, p)
		if m := readMetadata(p); m != nil {
			parts, total, counted = parts+1, max(total, m.TotalParts), counted+m.FilesCount
			s.simple = s.simple || m.DocFormat == "simple"
			return nil
		}
		coll := snapshotCollection(s.path, p)
		if coll == "" {
			why := "it is no data file of the snapshot"
			if filepath.Ext(p) == ".fsl" {
				why = noFormat(p)
			}
			s.notes = append(s.notes, fmt.Sprintf("%s is skipped: %s", rel, why))
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if f := newFile(p, rel, info.Size(), format); f != nil {
			f.collection, f.shape = nativeName(coll), shapeSnapshot
			s.files = append(s.files, f)
		}
		return nil
	})
	switch {
	case err != nil:
	case parts == 0:
		s.notes = append(s.notes, "the snapshot has no metadata file: whether it is whole is not known")
	case parts < total:
		s.notes = append(s.notes, fmt.Sprintf("the snapshot is not whole: %d of %d metadata files are there", parts, total))
	case len(s.files) < counted:
		s.notes = append(s.notes, fmt.Sprintf("the snapshot is not whole: %d of %d data files are there", len(s.files), counted))
	}
	return err
}

func isExport(path string) bool {
	m, err := readManifest(path)
	return err == nil && m != nil
}

// export takes the files of an export of our own.
func (s *source) export() error {
	m, err := readManifest(s.path)
	if err != nil {
		return err
	}
	for _, one := range m.Files {
		p := filepath.Join(s.path, filepath.FromSlash(one.Name))
		info, err := os.Stat(p)
		if err != nil {
			return fmt.Errorf("the export is not whole: %w", err)
		}
		f := newFile(p, one.Name, info.Size(), "auto")
		if f == nil || !filepath.IsLocal(filepath.FromSlash(one.Name)) {
			return fmt.Errorf("%s: the manifest names a file that is none of an export", one.Name)
		}
		f.collection = one.Collection
		s.files = append(s.files, f)
	}
	s.simple = m.Encoding == "simple"
	return nil
}

// fileName is the name of a collection's file, and collectionName the way back.
func fileName(collection string) string {
	return strings.ReplaceAll(url.PathEscape(collection), ".", "%2E")
}

// opened is a file that is being read.
type opened struct {
	splitter
	close func() error
}

// open begins to read a file; read counts its bytes as they are read.
func (f *file) open(read *atomic.Int64, o *Options) (*opened, error) {
	in, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	b, err := f.text(&counter{in, read})
	if err != nil {
		_ = in.Close()
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	s := &opened{close: in.Close}
	switch f.format {
	case "csv", "tsv":
		t := &table{r: b, comma: ',', shortRows: o.AllowShortRows, emptyText: o.EmptyCellsAsText}
		if f.format == "tsv" {
			t.comma = '\t'
		}
		if o.Separator != 0 {
			t.comma = o.Separator
		}
		s.splitter = t
	case "jsonl":
		s.splitter = &lines{r: b}
		if !beginsWithRow(b) {
			s.splitter = newValues(b)
		}
	default:
		s.splitter = newValues(b)
	}
	return s, nil
}

// beginsWithRow tells whether the first line may be a row of its own: JSON over several
// lines and arrays are found in files that are called .jsonl too.
func beginsWithRow(b *bufio.Reader) bool {
	head, err := b.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return true
	}
	first := strings.TrimLeft(string(head), " \t\r\n")
	line, _, _ := strings.Cut(first, "\n")
	line = strings.TrimSpace(line)
	return !strings.HasPrefix(line, "[") && line != "{"
}
