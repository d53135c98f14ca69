package etcdlog

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"seriatim/txlog"
)

// format is the version of the values below, their first byte.
const format = 1

// DefaultPrefix stands before the keys of a log unless Options says otherwise.
const DefaultPrefix = "seriatim/log/0/"

// keys names the keys of one log. Watchers see those below stream only.
type keys struct {
	stream, block, head string
	base                string
	node, slots, parts  string // of one node
}

func newKeys(prefix string, node uint64) keys {
	return keys{
		stream: prefix + "stream/",
		block:  prefix + "stream/block",
		head:   prefix + "stream/head",
		base:   prefix + "base",
		node:   fmt.Sprintf("%snode/%016x", prefix, node),
		slots:  fmt.Sprintf("%sslot/%016x/", prefix, node),
		parts:  fmt.Sprintf("%spart/%016x/", prefix, node),
	}
}

func (k keys) slot(number uint64) string { return fmt.Sprintf("%s%016x", k.slots, number) }

// partsOf returns what the keys of all parts that travel through a slot begin with.
func (k keys) partsOf(slot uint64) string { return fmt.Sprintf("%s%016x/", k.parts, slot) }

func partKey(parts string, i int) string { return fmt.Sprintf("%s%04x", parts, i) }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frame is the value of the head key: what the block of this position must look like, and where its bytes are.
type frame struct {
	length uint32 // of the block in bytes
	sum    uint32 // CRC-32C of the block
	count  uint32 // number of parts; 0 if the block is the value of the block key
	parts  string // what the keys of its parts begin with, if it has any
}

const frameSize = 1 + 4 + 4 + 4

func frameOf(block []byte) frame {
	return frame{length: uint32(len(block)), sum: crc32.Checksum(block, castagnoli)}
}

func (f frame) encode() string {
	le := binary.LittleEndian
	b := append(make([]byte, 0, frameSize+len(f.parts)), format)
	b = le.AppendUint32(b, f.length)
	b = le.AppendUint32(b, f.sum)
	b = le.AppendUint32(b, f.count)
	return string(append(b, f.parts...))
}

func decodeFrame(b []byte) (frame, error) {
	if len(b) > 0 && b[0] > format {
		return frame{}, fmt.Errorf("%w: etcd log format %d, newest known is %d", txlog.ErrFormat, b[0], format)
	}
	if len(b) < frameSize || b[0] != format {
		return frame{}, fmt.Errorf("the head has a value of %d bytes that nobody wrote", len(b))
	}
	le := binary.LittleEndian
	f := frame{length: le.Uint32(b[1:]), sum: le.Uint32(b[5:]), count: le.Uint32(b[9:]), parts: string(b[frameSize:])}
	if f.length > txlog.MaxBlock || f.count > f.length {
		return frame{}, fmt.Errorf("the head claims a block of %d bytes in %d parts", f.length, f.count)
	}
	return f, nil
}

// matches reports whether block is the one that f was made for.
func (f frame) matches(block []byte) bool {
	return uint32(len(block)) == f.length && crc32.Checksum(block, castagnoli) == f.sum
}

// encodeBase returns the value of the base key.
func encodeBase(base txlog.Position, previous []byte) string {
	return string(append(binary.LittleEndian.AppendUint64([]byte{format}, uint64(base)), previous...))
}

func decodeBase(b []byte) (txlog.Position, []byte, error) {
	if len(b) > 0 && b[0] > format {
		return 0, nil, fmt.Errorf("%w: etcd log format %d, newest known is %d", txlog.ErrFormat, b[0], format)
	}
	if len(b) < 9 || b[0] != format {
		return 0, nil, fmt.Errorf("%w: the base has a value of %d bytes that nobody wrote", txlog.ErrDamaged, len(b))
	}
	return txlog.Position(binary.LittleEndian.Uint64(b[1:])), b[9:], nil
}
