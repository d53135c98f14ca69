package transfer

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// maxRejectText bounds what a line of the file of rejected rows shows of a row.
const maxRejectText = 64 << 10

// Reject is a row that was not imported, a line of the file of them.
type Reject struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Row    int    `json:"row"` // in the file, from 1
	Reason string `json:"reason"`
	Text   string `json:"text,omitempty"` // the row as it stands, or its beginning
}

// rejects writes the file of rejected rows.
type rejects struct{ f *os.File }

// openRejects begins the file anew. Of an import that goes on it keeps the rows of
// batches that are done: the others are told again.
func openRejects(path string, j *journal, files []*file) (*rejects, error) {
	old, err := os.Open(path)
	if j == nil || len(j.ranges) == 0 || errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			_ = old.Close()
		}
		f, err := os.Create(path)
		return &rejects{f}, err
	}
	if err != nil {
		return nil, err
	}
	defer old.Close()
	f, err := os.Create(path + ".new")
	if err != nil {
		return nil, err
	}
	if err = errors.Join(keepRejects(f, old, j.spans(files)), os.Rename(path+".new", path)); err != nil {
		_ = f.Close()
		return nil, err
	}
	return &rejects{f}, nil
}

// spans are the first and last rows of the batches that are done, in order, by the file's name.
func (j *journal) spans(files []*file) map[string][][2]int {
	out := map[string][][2]int{}
	for at, d := range j.ranges {
		name := files[at[0]].name
		out[name] = append(out[name], [2]int{at[1], d.To})
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b [2]int) int { return a[0] - b[0] })
	}
	return out
}

// keepRejects copies the lines about rows in spans.
func keepRejects(to io.Writer, from io.Reader, spans map[string][][2]int) error {
	w := bufio.NewWriterSize(to, 64<<10)
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 8*maxRejectText)
	for lines.Scan() {
		var r Reject
		if json.Unmarshal(lines.Bytes(), &r) != nil {
			continue
		}
		list := spans[r.File]
		// The last batch that begins at the row or before.
		i, _ := slices.BinarySearchFunc(list, r.Row+1, func(span [2]int, row int) int { return span[0] - row })
		if i > 0 && r.Row <= list[i-1][1] {
			_, _ = w.Write(lines.Bytes())
			_ = w.WriteByte('\n')
		}
	}
	return errors.Join(lines.Err(), w.Flush())
}

func (r *rejects) write(list []Reject) error {
	var out []byte
	for _, one := range list {
		if len(one.Text) > maxRejectText {
			one.Text = strings.ToValidUTF8(one.Text[:maxRejectText], "") + "…"
		}
		b, err := json.Marshal(one)
		if err != nil {
			return err
		}
		out = append(append(out, b...), '\n')
	}
	_, err := r.f.Write(out)
	return err
}

func (r *rejects) close() error { return r.f.Close() }
