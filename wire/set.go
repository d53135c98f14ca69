package wire

import "seriatim/syntax"

// setShape is one spelling of a set: the function that makes it and, for each
// parameter of that function, the payload's key, or "" for none.
type setShape struct {
	op   syntax.Op
	keys []string
}

// setShapes lists the spellings of @set payloads (fql-v4 section 2.2).
var setShapes = []setShape{
	{syntax.OpMatch, []string{"match", "terms"}},
	{syntax.OpMatch, []string{"match", ""}},
	{syntax.OpMatch, []string{"index", "match"}},
	{syntax.OpSingleton, []string{"singleton"}},
	{syntax.OpEvents, []string{"events"}},
	{syntax.OpDocuments, []string{"documents"}},
	{syntax.OpUnion, []string{"union"}},
	{syntax.OpIntersection, []string{"intersection"}},
	{syntax.OpDifference, []string{"difference"}},
	{syntax.OpDistinct, []string{"distinct"}},
	{syntax.OpReverse, []string{"reverse"}},
	{syntax.OpRange, []string{"range", "from", "to"}},
	{syntax.OpJoin, []string{"join", "with"}},
	{syntax.OpFilter, []string{"filter", "collection"}},
}

// taggedSet decodes the payload i of an @set.
func (d *decoder) taggedSet(i int) syntax.Expr {
	if d.nodes[i].kind == kindObject {
		for k := range setShapes {
			if d.fits(i, &setShapes[k]) {
				return d.set(i, &setShapes[k])
			}
		}
	}
	d.fail("Invalid set.")
	return nil
}

// fits reports whether object i has exactly the keys of the shape. An open side
// of a range is left out, as responses leave it out.
func (d *decoder) fits(i int, s *setShape) bool {
	n := 0
	for _, key := range s.keys {
		switch {
		case key == "":
		case d.lookup(i, key) > 0:
			n++
		case s.op != syntax.OpRange || key == "range":
			return false
		}
	}
	return int(d.nodes[i].size) == n
}

// set decodes object i, which fits the shape. Its parts are data.
func (d *decoder) set(i int, s *setShape) syntax.Expr {
	f := d.tree.form(s.op, len(syntax.FormOf(s.op).Params))
	for p, key := range s.keys {
		j := 0
		if key != "" {
			j = d.lookup(i, key)
		}
		switch {
		case j > 0:
			d.enter(j)
			f.Args[p] = d.setPart(s.op, p, j)
			d.leave()
		case s.op == syntax.OpRange:
			f.Args[p] = openBound
		}
	}
	return &syntax.SetLiteral{Form: f}
}

// setPart decodes node j as argument p of the function op that makes a set.
func (d *decoder) setPart(op syntax.Op, p, j int) syntax.Expr {
	switch {
	case op == syntax.OpFilter && p == 0, op == syntax.OpJoin && p == 1 && !d.isRef(j):
		if l := d.closedLambda(j, d.version); l != nil {
			return l
		}
		return nil
	case op == syntax.OpEvents && d.nodes[j].kind == kindObject && !d.isRef(j) && !d.hasTag(j, "@set"):
		// The core writes the set below events without its tag.
		return d.taggedSet(j)
	}
	return d.data(j)
}

// isRef reports whether node j is spelled as a reference.
func (d *decoder) isRef(j int) bool {
	return d.hasTag(j, "@ref") || d.stored && d.hasTag(j, "@id")
}

// hasTag reports whether node j is an object with the one member key.
func (d *decoder) hasTag(j int, key string) bool {
	return d.nodes[j].kind == kindObject && d.nodes[j].size == 1 && d.string(j+1) == key
}
