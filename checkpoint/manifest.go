package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// ManifestName is the file that lists a checkpoint. It is written last.
const ManifestName = "MANIFEST"

// ImageFolder is the folder of a checkpoint that its Source fills.
const ImageFolder = "store"

// Bounds of a manifest: what is beyond them was not written by this package.
const (
	// MaxManifest is the longest manifest in bytes.
	MaxManifest = 64 << 20
	// MaxFiles is how many files a checkpoint may have.
	MaxFiles = 1 << 19
	// maxFile is the longest file in bytes; so many files of it do not overflow a sum.
	maxFile  = 1 << 43
	maxName  = 200
	maxDepth = 8
)

// manifestFormat is the newest format of a manifest that this program writes and reads.
const manifestFormat = 1

// Manifest lists a checkpoint.
type Manifest struct {
	// Position is the place in the ordered log that the image stands for: everything up to it is in the image and
	// nothing after it.
	Position uint64
	// TS is the timestamp of that state in microseconds.
	TS int64
	// Digest is what the database's replicas compare at that position.
	Digest uint64
	// Files are all files but the manifest, in ascending order of their names.
	Files []File
	// Sum is the SHA-256 of the list, set by Parse and Encode; it names the checkpoint.
	Sum [sha256.Size]byte
}

// File is one file of a checkpoint.
type File struct {
	Name   string // below the checkpoint's directory, with slashes
	Size   int64  // bytes
	SHA256 [sha256.Size]byte
}

// ID is Sum in hexadecimal.
func (m *Manifest) ID() string { return hex.EncodeToString(m.Sum[:]) }

// Bytes returns the sum of the sizes of the files.
func (m *Manifest) Bytes() int64 {
	var n int64
	for i := range m.Files {
		n += m.Files[i].Size
	}
	return n
}

const (
	formatWords = "seriatim checkpoint, format "
	endWord     = "end "
)

// Encode returns the manifest's text and sets Sum. One manifest has exactly one text: a line for the format, for
// position, ts and digest, then one for each file, and an end with the SHA-256 of all lines before it.
func (m *Manifest) Encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%d\nposition %d\nts %d\ndigest %016x\n", formatWords, manifestFormat, m.Position, m.TS, m.Digest)
	for i := range m.Files {
		f := &m.Files[i]
		fmt.Fprintf(&b, "file %x %d %s\n", f.SHA256, f.Size, f.Name)
	}
	m.Sum = sha256.Sum256(b.Bytes())
	fmt.Fprintf(&b, "%s%x\n", endWord, m.Sum)
	return b.Bytes()
}

// Parse reads a manifest's text, as Encode wrote it and not otherwise. Errors wrap ErrFormat for a newer format and
// ErrDamaged for anything else.
func Parse(text []byte) (*Manifest, error) {
	if len(text) > MaxManifest {
		return nil, damaged(ManifestName, "it is longer than %d bytes", MaxManifest)
	}
	first, _, _ := strings.Cut(string(text[:min(len(text), 80)]), "\n")
	version, ok := strings.CutPrefix(first, formatWords)
	n, err := strconv.Atoi(version)
	if !ok || err != nil || n < 1 || strconv.Itoa(n) != version {
		return nil, damaged(ManifestName, "it does not begin as one")
	}
	if n > manifestFormat {
		return nil, fmt.Errorf("%w: the manifest has format %d, this release knows up to %d", ErrFormat, n, manifestFormat)
	}
	body, sum, err := cutEnd(text)
	if err != nil {
		return nil, err
	}
	m := &Manifest{Sum: sum}
	if err := m.parseLines(body); err != nil {
		return nil, err
	}
	return m, nil
}

// cutEnd returns what stands before the last line, which must be its hash.
func cutEnd(text []byte) (body []byte, sum [sha256.Size]byte, err error) {
	const tail = len(endWord) + 2*sha256.Size + 1
	at := len(text) - tail
	if at < 1 || text[at-1] != '\n' || !bytes.HasPrefix(text[at:], []byte(endWord)) || text[len(text)-1] != '\n' {
		return nil, sum, damaged(ManifestName, "it has no end")
	}
	sum = sha256.Sum256(text[:at])
	if string(text[at+len(endWord):len(text)-1]) != hex.EncodeToString(sum[:]) {
		return nil, sum, damaged(ManifestName, "it does not have the hash that it ends with")
	}
	return text[:at], sum, nil
}

// parseLines reads all lines but the first and the last.
func (m *Manifest) parseLines(body []byte) error {
	lines := strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
	if len(lines) < 4 || len(lines)-4 > MaxFiles {
		return damaged(ManifestName, "it has %d lines", len(lines))
	}
	var err1, err2, err3 error
	m.Position, err1 = number(lines[1], "position ", 10)
	ts, err2 := number(lines[2], "ts ", 10)
	m.TS = int64(ts)
	m.Digest, err3 = number(lines[3], "digest ", 16)
	if err1 != nil || err2 != nil || err3 != nil || m.TS < 0 {
		return damaged(ManifestName, "position, time or digest cannot be read")
	}
	m.Files = make([]File, len(lines)-4)
	folded := make(map[string]bool, len(m.Files))
	for i, line := range lines[4:] {
		f := &m.Files[i]
		if err := f.parse(line); err != nil {
			return err
		}
		fold := strings.ToLower(f.Name)
		if i > 0 && f.Name <= m.Files[i-1].Name || folded[fold] {
			return damaged(ManifestName, "%s stands in it twice or out of order", f.Name)
		}
		folded[fold] = true
	}
	return nil
}

// number reads one number in the spelling that Encode gives it.
func number(line, word string, radix int) (uint64, error) {
	digits, ok := strings.CutPrefix(line, word)
	n, err := strconv.ParseUint(digits, radix, 64)
	spelled := strconv.FormatUint(n, 10)
	if radix == 16 {
		spelled = fmt.Sprintf("%016x", n)
	}
	if !ok || err != nil || spelled != digits {
		return 0, strconv.ErrSyntax
	}
	return n, nil
}

func (f *File) parse(line string) error {
	part := strings.Split(line, " ")
	if len(part) != 4 || part[0] != "file" || len(part[1]) != 2*sha256.Size || part[1] != strings.ToLower(part[1]) {
		return damaged(ManifestName, "the line %.80q cannot be read", line)
	}
	n, err := hex.Decode(f.SHA256[:], []byte(part[1]))
	size, err2 := number(part[2], "", 10)
	if err != nil || n != sha256.Size || err2 != nil || size > maxFile {
		return damaged(ManifestName, "the line %.80q cannot be read", line)
	}
	f.Size, f.Name = int64(size), part[3]
	if !plainName(f.Name) {
		return damaged(ManifestName, "%.80q is no name for a file of a checkpoint", f.Name)
	}
	return nil
}

// plainName tells whether a name stays below the directory on every system: folders and file of letters, digits, dot,
// dash and underscore, none beginning or ending with a dot, and none of the names this package uses itself.
func plainName(name string) bool {
	if len(name) > maxName || strings.Count(name, "/") >= maxDepth {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || part[len(part)-1] == '.' || strings.ContainsFunc(part, notPlain) {
			return false
		}
	}
	return !ownName(name)
}

// ownName tells whether a name is that of the manifest, finished or not.
func ownName(name string) bool {
	return strings.EqualFold(name, ManifestName) || strings.EqualFold(name, unfinishedManifest)
}

func notPlain(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '.' || r == '-' || r == '_')
}
