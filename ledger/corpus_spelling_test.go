package ledger

import (
	"bytes"
	"fmt"
	"strings"
)

// spelled are other spellings of what is true.
func (c *corpus) spelled() {
	for i, e := range []struct {
		why, old, new string
		block         int
	}{
		{"a space", `"count":2`, `"count": 2`, 1},
		{"an unknown member", `"count":2`, `"count":2,"more":1`, 1},
		{"a member twice", `"count":2`, `"count":2,"count":2`, 1},
		{"a member's case", `"count":2`, `"Count":2`, 1},
		{"a fraction", `"count":2`, `"count":2.0`, 1},
		{"an exponent", `"count":2`, `"count":2e0`, 1},
		{"a string for a number", `"count":2`, `"count":"2"`, 1},
		{"a count of none", `"count":1`, `"count":0`, 0},
		{"a negative count", `"count":2`, `"count":-2`, 1},
		{"members in another order", `"seriatim":"ledger export","format":1`, `"format":1,"seriatim":"ledger export"`, 0},
		{"another format", `"format":1`, `"format":2`, 0},
		{"no format", `"format":1,`, ``, 0},
		{"a uni without a name", testUni, ``, 0},
		{"a character escaped without need", "Grüße", `Gr\u00fc\u00dfe`, 1},
		{"an upper-case escape", `\u001f`, `\u001F`, 1},
		{"a long escape of a tab", `\t`, `\u0009`, 1},
		{"an escaped slash", ` / `, ` \/ `, 1},
		{"half of a pair", "💶", `\ud83d`, 1},
		{"an escaped replacement of half a pair", "💶", `\ufffd`, 1},
		{"bytes that are not UTF-8", "💶", "\xf0\x9f\x92", 1},
		{"an overlong form", "/", "\xc0\xaf", 1},
		{"an empty line", "\n", "\n\n", 0},
		{"carriage returns", "\n", "\r\n", 0},
		{"a byte order mark", `{"seriatim"`, "\ufeff" + `{"seriatim"`, 0},
		{"a block's name without zeros", `"block":"000000000000002"`, `"block":"2"`, 2},
		{"a block's name as a number", `"block":"000000000000002"`, `"block":2`, 2},
		{"a prototype", `{"transaction":`, `{"__proto__":{},"transaction":`, 0},
		{"no parts", `"parts":[`, `"parts":[],"x":[`, 0},
		{"a null", `"parts":[`, `"parts":[null,`, 0},
		{"a number for a part", `"parts":[`, `"parts":[1,`, 0},
		{"a list for a part", `"parts":[`, `"parts":[[],`, 0},
		{"a part that is hidden and shown", `{"salt":`, `{"commitment":"` + strings.Repeat("00", 32) + `","salt":`, 2},
		{"a salt that is too short", `{"salt":"`, `{"salt":"","x":"`, 2},
	} {
		c.edited(fmt.Sprintf("spelling-%02d.jsonl", i+1), e.why, e.block, BadForm, e.old, e.new)
	}
	c.bad("upper-case.jsonl", "a hash in upper case", 2, BadForm, c.line(6, func(l string) string {
		at := strings.Index(l, `"root":"`) + 8
		return l[:at] + strings.ToUpper(l[at:at+64]) + l[at+64:]
	}))
	big := func(n string) []byte {
		return c.line(2, func(l string) string {
			at := strings.Index(l, `"submitted":`) + 12
			return l[:at] + n + l[at+16:]
		})
	}
	without := func(from, to, with string) func(string) string {
		return func(l string) string {
			at := strings.Index(l, from) + len(from)
			return l[:at] + with + l[at+strings.Index(l[at:], to):]
		}
	}
	c.bad("parts-none.jsonl", "a transaction without parts", 0, BadForm, c.line(2, without(`"parts":[`, `]`, "")))
	c.bad("signature-short.jsonl", "a signature that is too short", 0, BadForm, c.line(2, without(`"signature":"`, `"`, strings.Repeat("00", 63))))
	c.bad("signature-long.jsonl", "one that is too long", 0, BadForm, c.line(2, without(`"signature":"`, `"`, strings.Repeat("00", 65))))
	c.bad("signature-null.jsonl", "none", 0, BadForm, c.line(2, without(`"signature":`, `}`, "null")))
	c.bad("owner-empty.jsonl", "an owner without a name", 0, BadForm, c.line(2, without(`"owner":"`, `"`, "")))
	c.bad("owner-long.jsonl", "an owner whose name is too long", 0, BadForm, c.line(2, without(`"owner":"`, `"`, strings.Repeat("é", 128))))
	c.bad("id-control.jsonl", "a line feed in an id", 0, BadForm, c.line(2, without(`"transaction":"`, `"`, `a\nb`)))
	c.bad("id-delete.jsonl", "a delete character in an id", 0, BadForm, c.line(2, without(`"transaction":"`, `"`, "a\x7fb")))
	c.bad("negative.jsonl", "a time before 1970", 0, BadForm, c.line(2, without(`"submitted":`, `,`, `-1`)))
	c.bad("negative-ts.jsonl", "a timestamp before 1970", 0, BadForm, c.line(2, without(`"ts":`, `,`, `-1`)))
	c.bad("negative-first.jsonl", "a block that begins before 1970", 1, BadForm, c.line(3, without(`"first":`, `,`, `-1`)))
	c.bad("backwards-in-block.jsonl", "a block that ends before it begins", 1, BadForm, c.line(3, without(`"last":`, `,`, `1`)))
	c.bad("count-large.jsonl", "a count of more than 32 bits", 1, BadForm, c.line(3, without(`"count":`, `,`, `4294967296`)))
	for _, m := range []string{"previous", "root", "hash", "previousRedacted", "redactedRoot", "redactedHash"} {
		c.bad(strings.ToLower("short-"+m+".jsonl"), "a hash that is too short", 1, BadForm, c.line(3, without(`"`+m+`":"`, `"`, "00")))
	}
	c.bad("hash-upper.jsonl", "a hash in upper case", 2, BadForm, c.line(6, func(l string) string {
		at := strings.Index(l, `"hash":"`) + 8
		return l[:at] + strings.ToUpper(l[at:at+64]) + l[at+64:]
	}))
	c.bad("block-large.jsonl", "a height that not every reader keeps", 2, BadForm, c.line(6, without(`"block":"`, `"`, "9007199254740992")))
	c.bad("commitment-short.jsonl", "a commitment that is too short", 2, BadForm, c.line(7, without(`,{`, `}`, `"commitment":"00"`)))
	c.bad("path-number.jsonl", "a path that is a number", 2, BadForm, c.line(7, without(`"path":`, `,`, `1`)))
	c.bad("text-null.jsonl", "a guarded part whose text is null", 2, BadForm, c.line(7, without(`"name","text":`, `}`, `null`)))
	c.bad("checkpoint-number.jsonl", "a number for a checkpoint", 3, BadForm, c.line(12, without(`"checkpoint":`, `}`, `1`)))
	c.bad("checkpoint-pair.jsonl", "half of a pair in it", 3, BadForm, c.line(12, without(`"checkpoint":`, `}`, `"\ud83d"`)))
	c.bad("integer.jsonl", "an integer that not every reader keeps", 0, BadForm, big("9007199254740992"))
	c.bad("integer-odd.jsonl", "one that some round", 0, BadForm, big("9007199254740993"))
	c.bad("no-line-feed.jsonl", "the last line feed is missing", 4, BadForm, bytes.TrimSuffix(sample(c.t).export(), []byte("\n")))
	c.bad("empty.jsonl", "nothing", 0, BadForm, nil)
}
