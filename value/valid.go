package value

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// Valid reports whether e is exactly one value as Encode makes it: right to the
// last byte, in the shortest form, with UTF-8 text and distinct member names.
// Everything else about Encoded may panic on bytes that are not valid. The error
// wraps ErrMalformed and tells the offset.
func (e Encoded) Valid() error {
	c := checker{b: e}
	c.value(0)
	if !c.bad && c.at != len(e) {
		c.fail("bytes after the value")
	}
	if c.bad {
		return fmt.Errorf("%w: %s at offset %d", ErrMalformed, c.why, c.at)
	}
	return nil
}

// checker reads encoded bytes with every bound checked. After the first fault
// all reads give zeros and at stays where it was.
type checker struct {
	b   []byte
	at  int
	bad bool
	why string
}

func (c *checker) fail(why string) {
	if !c.bad {
		c.bad, c.why = true, why
	}
}

func (c *checker) take(n uint64) []byte {
	if c.bad || n > uint64(len(c.b)-c.at) {
		c.fail("too short")
		return nil
	}
	b := c.b[c.at : c.at+int(n)]
	c.at += int(n)
	return b
}

func (c *checker) byte() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *checker) uvarint() uint64 {
	if c.bad {
		return 0
	}
	u, n := binary.Uvarint(c.b[c.at:])
	if n <= 0 || n > 1 && c.b[c.at+n-1] == 0 {
		c.fail("bad number")
		return 0
	}
	c.at += n
	return u
}

func (c *checker) text(n uint64) {
	if !utf8.Valid(c.take(n)) {
		c.fail("text that is not UTF-8")
	}
}

func (c *checker) value(depth int) {
	if depth > maxDepth {
		c.fail("nested too deep")
	}
	switch t := c.byte(); {
	case c.bad:
	case t >= tagShortString:
		c.text(uint64(t - tagShortString))
	case t >= tagSmallInt:
	default:
		c.tagged(t, depth)
	}
}

func (c *checker) tagged(t byte, depth int) {
	switch t {
	case tagNull, tagFalse, tagTrue:
	case tagInt:
		// Zigzag: the small integers are the even numbers below 128.
		if u := c.uvarint(); u&1 == 0 && u>>1 <= maxSmallInt {
			c.fail("small integer in long form")
		}
	case tagDate:
		c.uvarint()
	case tagDouble:
		c.double()
	case tagString:
		c.long()
	case tagBytes:
		c.take(c.uvarint())
	case tagAction:
		c.text(c.uvarint())
	case tagUUID:
		c.take(16)
	case tagTime:
		c.uvarint()
		if c.uvarint() > 999_999_999 {
			c.fail("nanoseconds out of range")
		}
	case tagTxnMicros, tagTxnTime:
		c.take(SlotSize)
	case tagRef, tagForeignRef:
		c.ref(t)
	default:
		c.container(t, depth)
	}
}

func (c *checker) double() {
	b := c.take(8)
	if b == nil {
		return
	}
	u := binary.BigEndian.Uint64(b)
	if u<<1 > 0x7ff0000000000000<<1 && u != canonicalNaN {
		c.fail("unusual NaN")
	}
}

func (c *checker) long() {
	n := c.uvarint()
	if n <= maxShortString {
		c.fail("short string in long form")
	}
	c.text(n)
}

func (c *checker) ref(t byte) {
	if t == tagForeignRef {
		if b := c.take(8); b != nil && binary.BigEndian.Uint64(b) == 0 {
			c.fail("reference to no database")
		}
	}
	if c.uvarint() > 1<<32-1 {
		c.fail("collection out of range")
	}
	c.take(8)
}

// container checks a value that is preceded by its length.
func (c *checker) container(t byte, depth int) {
	n := c.uvarint()
	if c.bad || n > uint64(len(c.b)-c.at) {
		c.fail("too short")
		return
	}
	in := checker{b: c.b[:c.at+int(n)], at: c.at}
	switch t {
	case tagArray:
		in.array(depth + 1)
	case tagObject:
		in.object(depth + 1)
	case tagUnresolved:
		in.unresolved(depth + 1)
	case tagSet:
		in.set(depth + 1)
	case tagLambda:
		in.text(in.uvarint())
		in.take(uint64(len(in.b) - in.at))
	default:
		in.fail("unknown tag")
	}
	if !in.bad && in.at != len(in.b) {
		in.fail("length too great")
	}
	c.at, c.bad, c.why = in.at, in.bad, in.why
}

func (c *checker) array(depth int) {
	n := c.count()
	for i := uint64(0); i < n && !c.bad; i++ {
		c.value(depth)
	}
}

// count reads a count of values, which each take at least a byte.
func (c *checker) count() uint64 {
	n := c.uvarint()
	if n > uint64(len(c.b)-c.at) {
		c.fail("count too great")
	}
	return n
}
