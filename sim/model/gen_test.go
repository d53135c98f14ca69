package model

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
)

// template is one line of the grammar.
type template struct {
	text  string
	small bool
}

var templates = map[string][]template{}

// templatesOf has for every function the templates that use it.
var (
	templatesOf = map[string][]string{}
	formNames   []string
	functionUse = regexp.MustCompile(`\b([A-Z][A-Za-z]+)\(`)
)

func init() {
	for line := range strings.Lines(grammar) {
		kind, text, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			continue
		}
		kind, small := strings.CutSuffix(kind, "!")
		templates[kind] = append(templates[kind], template{text, small})
		for _, m := range functionUse.FindAllStringSubmatch(text, -1) {
			if templatesOf[m[1]] == nil {
				formNames = append(formNames, m[1])
			}
			templatesOf[m[1]] = append(templatesOf[m[1]], text)
		}
	}
}

// generator makes queries for a world.
type generator struct {
	*rand.Rand
	w     *world
	base  int64 // the first time that At and Insert name
	vars  []variable
	count int
	turn  int // which function has its turn
}

type variable struct{ kind, name string }

// mistakes is the share of arguments that are of another kind than they should.
const mistakes = 0.01

// query returns the text of a random query.
func (g *generator) query() string {
	g.vars, g.count = nil, 0
	depth := 3 + g.IntN(3)
	text := ""
	if g.IntN(4) == 0 {
		text = g.expr("query", depth)
	} else {
		all := templatesOf[formNames[g.turn%len(formNames)]]
		text = g.expand(all[g.IntN(len(all))], depth-2)
	}
	if g.IntN(10) == 0 {
		text = withSetLiterals(text)
	}
	if g.IntN(6) == 0 {
		text = g.pick("@2.1 ", "@2.7 ", "@2.12 ", "@3 ", "@5 ") + text
	}
	return text
}

func (g *generator) expr(kind string, depth int) string {
	if g.Float64() < mistakes && depth < 4 {
		kind = wrongKinds[g.IntN(len(wrongKinds))]
	}
	if g.IntN(3) > 0 || depth <= 0 {
		if v := g.variable(kind); v != "" && g.IntN(3) > 0 {
			return v
		}
	}
	choice := g.choose(kind, depth)
	outer := len(g.vars)
	text := g.expand(choice, depth-1)
	g.vars = g.vars[:outer]
	return text
}

var wrongKinds = []string{"num", "str", "bool", "time", "date", "anys", "obj", "ref", "set", "page", "any", "lambda", "nums"}

func (g *generator) variable(kind string) string {
	var fit []string
	for _, v := range g.vars {
		if v.kind == kind || kind == "any" && v.kind != "any" {
			fit = append(fit, v.name)
		}
	}
	if len(fit) == 0 {
		return ""
	}
	return `Var("` + fit[g.IntN(len(fit))] + `")`
}

func (g *generator) choose(kind string, depth int) string {
	all := templates[kind]
	if len(all) == 0 {
		panic("no grammar for " + kind)
	}
	if depth <= 0 {
		var small []template
		for _, t := range all {
			if t.small {
				small = append(small, t)
			}
		}
		if len(small) > 0 {
			all = small
		}
	}
	return all[g.IntN(len(all))].text
}

// expand fills the placeholders of a template from left to right.
func (g *generator) expand(t string, depth int) string {
	if closed, ok := strings.CutPrefix(t, "!"); ok { // its lambdas see no variables from outside
		vars := g.vars
		g.vars = nil
		text := g.expand(closed, depth)
		g.vars = vars
		return text
	}
	var out strings.Builder
	var late []variable
	outer := len(g.vars)
	for i := 0; i < len(t); {
		mark := t[i]
		if mark == '^' {
			g.vars, i = g.vars[:outer], i+1
			continue
		}
		if !strings.ContainsRune("#~%&@", rune(mark)) || i+1 == len(t) || t[i+1] < 'a' || t[i+1] > 'z' || mark == '%' && t[max(0, i-1)] != '"' || mark == '%' && strings.Contains(t, "Format(") {
			out.WriteByte(mark)
			i++
			continue
		}
		j := i + 1
		for j < len(t) && (t[j] >= 'a' && t[j] <= 'z' || t[j] >= '0' && t[j] <= '9') {
			j++
		}
		word := t[i+1 : j]
		i = j
		switch mark {
		case '#':
			out.WriteString(g.expr(word, depth))
			g.vars = append(g.vars, late...)
			late = nil
		case '@':
			out.WriteString(`Var("` + g.vars[len(g.vars)-1].name + `")`)
		case '~':
			out.WriteString(g.literal(word))
		default:
			g.count++
			v := variable{word, "v" + strconv.Itoa(g.count)}
			out.WriteString(v.name)
			if mark == '%' {
				g.vars = append(g.vars, v)
			} else {
				late = append(late, v)
			}
		}
	}
	return out.String()
}

func (g *generator) pick(from ...string) string { return from[g.IntN(len(from))] }

var words = []string{"", "a", "b", "A", "ab", "aB", "tea", "Tea", "green tea", "é", "Éa", "10", "a-b", " x ", "ß", "a1b22", "1,234.5", "b a", "日本", "%s", "create"}

// literal makes a literal by its name.
func (g *generator) literal(name string) string {
	switch name {
	case "int":
		if g.IntN(12) == 0 {
			return g.pick("1000000", "-70000", "4611686018427387904", "9223372036854775807", "-9223372036854775808", "86400000000")
		}
		return strconv.Itoa(g.IntN(16) - 3)
	case "int05":
		return g.pick("0", "1", "2", "3", "4", "5", "1.0", "2.5")
	case "small":
		return strconv.Itoa(g.IntN(7) - 2)
	case "size":
		if g.IntN(16) == 0 {
			return g.pick("0", "-1")
		}
		return strconv.Itoa(1 + g.IntN(4))
	case "ttl":
		return g.pick(`TimeAdd(Now(), `+strconv.Itoa(g.IntN(12))+`, "seconds")`, `TimeAdd(Now(), `+strconv.Itoa(g.IntN(40))+`, "seconds")`,
			`Time("2300-01-01T00:00:00Z")`, "Now()", `Time("2020-01-01T00:00:00Z")`, "null", `TimeAdd(Now(), 3000000001, "nanoseconds")`, "5")
	case "taglist":
		return "[[" + g.literal("str1") + ", " + g.literal("str1") + "]]"
	case "eventcursor":
		ts := g.pick(strconv.FormatInt(g.stamp(), 10), strconv.FormatInt(g.stamp(), 10), g.literal("when"))
		switch g.IntN(9) {
		case 0:
			return g.pick("null", "Now()", `Date("2100-01-01")`, `Date("1970-01-01")`, `"x"`, "{}", "{ at: 1 }", `{ ts: "x", action: 1, document: 2 }`, `{ ts: 1, action: "explode" }`)
		case 1:
			return "{ ts: " + ts + " }"
		case 2:
			return "{ ts: " + ts + `, action: ` + g.pick(`"add"`, `"remove"`, `"create"`, `"update"`, `"delete"`) + " }"
		case 3, 4:
			return "{ ts: " + ts + `, action: ` + g.pick(`"add"`, `"remove"`, `"create"`, `"update"`, `"delete"`) + ", " + g.pick("document", "document", "instance", "resource") + ": " + g.literal("ref") + " }"
		case 5:
			return "{ ts: " + ts + `, action: ` + g.pick(`"add"`, `"remove"`) + ", document: " + g.literal("ref") + ", data: [" + g.literal("int05") + "] }"
		}
		return ts
	case "double":
		return g.pick("0.5", "1.0", "-2.25", "3.75", "1.5E10", "-0.125", "0.0", "2.0", "100.5", "1.0E-5")
	case "quarter":
		return javaDouble(float64(g.IntN(41)-20) / 4)
	case "positive":
		return javaDouble(float64(1+g.IntN(40)) / 4)
	case "unitreal":
		return javaDouble(float64(g.IntN(9)-4) / 4)
	case "bool":
		return g.pick("true", "false")
	case "str":
		return strconv.Quote(words[g.IntN(len(words))])
	case "str1":
		return g.pick(`"a"`, `"b"`, `"A"`, `"tea"`, `"é"`, `""`)
	case "numeral":
		return g.pick(`"12"`, `"-3"`, `"4.5"`, `"12abc"`, `"1,234"`, `"0"`, `"abc"`, `"-0.5"`, `"7."`)
	case "unit":
		return g.pick(`"day"`, `"days"`, `"half day"`, `"hours"`, `"minute"`, `"second"`, `"milliseconds"`, `"microsecond"`, `"nanoseconds"`, `"year"`)
	case "dayunit":
		return g.pick(`"day"`, `"days"`)
	case "regex":
		return g.pick(`"a"`, `"[a-z]+"`, `"\\d+"`, `"t.a"`, `"^a"`, `"a$"`, `"(a)(b?)"`, `"(?i)TEA"`, `"("`)
	case "replacement":
		return g.pick(`"x"`, `""`, `"[$0]"`, `"--"`)
	case "norm":
		return g.pick(`"NFC"`, `"NFD"`, `"NFKC"`, `"NFKD"`, `"NFKCCaseFold"`, `"nope"`)
	case "path":
		return g.pick(`"n"`, `["o", "n"]`, `["a", 0]`, `[]`, `["s"]`, `"o"`, `["o", "o"]`, `"a"`)
	case "field":
		return g.pick(`"n"`, `"data"`, `"ts"`, `"o"`, `"s"`)
	case "id", "idnum":
		n := strconv.Itoa(1 + g.IntN(9))
		if name == "id" {
			n = strconv.Quote(n)
		}
		return n
	case "time":
		return `Time("` + timeText(g.moment()) + `")`
	case "timetext":
		return g.pick(`"2020-01-02T03:04:05Z"`, `"2020-02-29T23:59:59.123456789Z"`, `"1969-12-31T23:59:59.5Z"`, `"2020-01-02T03:04:05+02:00"`, `"2020-01-02"`, `"tea"`)
	case "date", "datetext":
		d := g.pick("2020-02-29", "1969-12-31", "2021-01-01", "0001-01-01")
		if name == "date" {
			return `Date("` + d + `")`
		}
		return g.pick(strconv.Quote(d), strconv.Quote(d), `"2019-02-29"`)
	case "any":
		return g.pick(g.literal("int"), g.literal("double"), g.literal("str"), g.literal("bool"), "null", g.literal("time"), g.literal("date"),
			`Bytes("AQID")`, `Bytes("")`, g.literal("ref"), `[1, "a"]`, `{ n: 1 }`, `UUID("00000000-0000-0000-0000-00000000000a")`)
	}
	return g.ofWorld(name)
}

// moment is a time that is likely to be near something.
func (g *generator) moment() instant {
	switch g.IntN(4) {
	case 0:
		return instant{g.Int64N(4e9) - 1e9, 0}
	case 1:
		return instant{1577934245, 678000000}
	case 2:
		return instant{-1, 999999999}
	}
	return micros(g.base + g.Int64N(max(1, g.w.now.micros()-g.base)))
}

// ofWorld makes literals that depend on what there is.
func (g *generator) ofWorld(name string) string {
	switch name {
	case "when":
		switch g.IntN(8) {
		case 0:
			return `Time("2300-01-01T00:00:00Z")`
		case 1:
			return strconv.FormatInt(g.stamp(), 10)
		case 2:
			return strconv.FormatInt(g.stamp()-1, 10)
		case 3: // after the last commit, mostly before Now
			return strconv.FormatInt(g.w.now.micros()+g.Int64N(1_100_000), 10)
		case 4:
			return "Subtract(ToMicros(Now()), " + strconv.Itoa(g.IntN(3)) + ")"
		}
		us := g.base + g.Int64N(max(1, g.w.now.micros()-g.base))
		if g.IntN(2) == 0 {
			return strconv.FormatInt(us, 10)
		}
		return `Time("` + timeText(micros(us)) + `")`
	case "stamp":
		return strconv.FormatInt(g.stamp(), 10)
	case "action":
		return g.pick(`"create"`, `"update"`, `"delete"`, `"create"`, `"add"`)
	case "ref":
		return fmt.Sprintf(`Ref(Collection("c%d"), "%d")`, g.IntN(3), 1+g.IntN(9))
	case "live", "free":
		for range 20 {
			r := ref{coll: fmt.Sprint("c", g.IntN(3)), id: int64(1 + g.IntN(9))}
			if (g.w.at(r, latest) != nil) == (name == "live") {
				return fmt.Sprintf(`Ref(Collection("%s"), "%d")`, r.coll, r.id)
			}
		}
		return g.literal("ref")
	case "refcursor":
		return g.pick("[", "[", "[") + g.literal("ref") + "]"
	case "def":
		return g.pick(`Collection("c0")`, `Index("by_n")`, `Function("inc")`, `Collection("gone")`, `Index("gone")`, `Database("gone")`, `Role("gone")`,
			`AccessProvider("gone")`, `Function("gone")`, `Collection("c1")`, `Keys()`, `Tokens()`, `Credentials()`, `Databases()`, `Roles()`, `Indexes()`, `Functions()`, `Classes()`, `Collections()`, `AccessProviders()`)
	case "object":
		return g.pick(`{ n: 1, s: "a" }`, `{ o: { n: null }, a: [1, 2] }`, `{}`, `{ n: 2.0 }`, `{ a: ["x"], o: { o: { n: 3 } } }`, `{ s: "b", n: null }`)
	case "data":
		var parts []string
		add := func(p string) { parts = append(parts, p) }
		if g.IntN(8) > 0 {
			add("n: " + g.pick(g.literal("int05"), g.literal("int05"), "null", `"x"`, "[1, 2]"))
		}
		if g.IntN(3) > 0 {
			add("s: " + g.literal("str1"))
		}
		if g.IntN(2) > 0 {
			add("tags: [" + g.literal("str1") + ", " + g.literal("str1") + "]")
		}
		if g.IntN(2) > 0 {
			add("r: " + g.literal("ref"))
		}
		if g.IntN(3) == 0 {
			add("o: " + g.literal("object"))
		}
		if g.IntN(3) == 0 {
			add("u: " + strconv.Itoa(g.IntN(30)))
		}
		if g.IntN(4) == 0 {
			add("x: " + g.literal("any"))
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	}
	panic("no literal " + name)
}

// stamp is the time of some version.
func (g *generator) stamp() int64 {
	var all []int64
	for _, coll := range []string{"c0", "c1", "c2"} {
		for id := int64(1); id <= 9; id++ {
			for _, v := range g.w.docs[coll][id] {
				if v.ts >= g.base {
					all = append(all, v.ts)
				}
			}
		}
	}
	if len(all) == 0 {
		return g.base
	}
	return all[g.IntN(len(all))]
}
