package transfer

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
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
	var kept []string
	if j != nil && len(j.ranges) > 0 {
		var err error
		if kept, err = keptRejects(path, j, files); err != nil {
			return nil, err
		}
	}
	f, err := os.Create(path)
	if err == nil && len(kept) > 0 {
		_, err = f.WriteString(strings.Join(kept, "\n") + "\n")
	}
	return &rejects{f}, err
}

func keptRejects(path string, j *journal, files []*file) (kept []string, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	ends := map[string][][2]int{}
	for at, d := range j.ranges {
		name := files[at[0]].name
		ends[name] = append(ends[name], [2]int{at[1], d.To})
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4*maxRejectText)
	for lines.Scan() {
		var r Reject
		if json.Unmarshal(lines.Bytes(), &r) != nil {
			continue
		}
		for _, e := range ends[r.File] {
			if r.Row >= e[0] && r.Row <= e[1] {
				kept = append(kept, lines.Text())
				break
			}
		}
	}
	return kept, lines.Err()
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
