package transfer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// manifestName is the file that is written last, so that an export which has one is whole.
const manifestName = "export.json"

const manifestFormat = "seriatim export 1"

// manifest says what an export holds.
type manifest struct {
	Format   string         `json:"format"`
	Encoding string         `json:"encoding"` // tagged, simple or csv
	Time     string         `json:"time"`
	TS       int64          `json:"ts"` // microseconds
	Files    []manifestFile `json:"files"`
}

type manifestFile struct {
	Name       string `json:"name"`
	Collection string `json:"collection"`
	Rows       int64  `json:"rows"`
	Bytes      int64  `json:"bytes"`
	SHA256     string `json:"sha256"`
}

// readManifest returns nil when there is none in the folder.
func readManifest(dir string) (*manifest, error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := json.Unmarshal(b, &m); err != nil || m.Format != manifestFormat {
		return nil, fmt.Errorf("%s is no manifest of this release's", manifestName)
	}
	return &m, nil
}

func (m *manifest) write(dir string) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	made := filepath.Join(dir, manifestName+".new")
	if err := os.WriteFile(made, append(b, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(made, filepath.Join(dir, manifestName))
}
