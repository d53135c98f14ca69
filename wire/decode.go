package wire

import (
	"errors"
	"sync"

	"seriatim/syntax"
)

// DecodeQuery reads a request body, one JSON expression, as API version v
// understands it. It returns the resolved tree, or every error that reading found
// (fql-v4 sections 1.6, 1.9 and 3.0): an error in one part does not hide those in
// others, but unbound variables are reported only when there is nothing else.
// No more than 1,000 errors are returned.
// The tree shares memory with no one; body may be reused.
func DecodeQuery(body []byte, v syntax.Version) (syntax.Expr, []Error) {
	if len(body) == 0 {
		return nil, []Error{parseError("No query provided.")}
	}
	text, err := scan(body)
	if err != nil {
		return nil, []Error{scanError(err)}
	}
	d := decoders.Get().(*decoder)
	d.begin(text, v)
	e := d.expr(0)
	errs := d.end()
	text.release()
	if errs != nil {
		return nil, errs
	}
	if errs := unbound(syntax.Resolve(e, nil)); errs != nil {
		return nil, errs
	}
	return e, nil
}

// DecodeLambda reads a lambda's source, {"lambda":…,"expr":…} with or without
// api_version, which overrides v. The lambda has no unbound variables and is
// resolved. Its source was checked when it was written, so an error means that
// the source is damaged or not from here.
func DecodeLambda(source []byte, v syntax.Version) (*syntax.Lambda, error) {
	text, err := scan(source)
	if err != nil {
		return nil, err
	}
	d := decoders.Get().(*decoder)
	d.begin(text, v)
	d.stored = true
	l := d.closedLambda(0, v)
	errs := d.end()
	text.release()
	if errs != nil {
		return nil, &errs[0]
	}
	return l, nil
}

// DecodeData reads a value as responses and quoted data spell it, where objects
// are data and @-tags are values. Scalars, lambdas and times become Literals,
// arrays and objects become Array and Object, references and sets become their
// literals; Literals never hold arrays or objects. The error is an *Error.
func DecodeData(body []byte) (syntax.Expr, error) {
	text, err := scan(body)
	if err != nil {
		e := scanError(err)
		return nil, &e
	}
	d := decoders.Get().(*decoder)
	d.begin(text, syntax.V5)
	e := d.data(0)
	errs := d.end()
	text.release()
	if errs != nil {
		return nil, &errs[0]
	}
	return e, nil
}

// decoder turns the nodes of one JSON text into a tree. It accumulates errors
// and keeps the path from the root to the node at hand for their positions. A
// method that fails adds its error and returns nil.
type decoder struct {
	*arena
	version syntax.Version
	stored  bool // the text is a stored lambda, which may hold references by identity
	path    []step
	errs    []Error
	failed  int // errors found, of which errs holds the first
	tree    slabs
	sources int // bytes of the lambda sources made
}

// step is one step of a path. It holds no pointers: keys are nodes.
type step struct {
	kind stepKind
	at   int32
}

type stepKind uint8

const (
	stepKey   stepKind = iota // at is the node whose text is the key
	stepIndex                 // at is an array index
	stepClass                 // the key is "class", however it was written
)

var decoders = sync.Pool{New: func() any { return new(decoder) }}

func (d *decoder) begin(text *arena, v syntax.Version) {
	d.arena, d.version = text, v
	d.tree.size = len(text.nodes)
}

// end returns the errors found and gives the decoder back.
func (d *decoder) end() []Error {
	errs := d.errs
	*d = decoder{path: d.path[:0]}
	decoders.Put(d)
	return errs
}

// enter and leave bracket the decoding of member value i.
func (d *decoder) enter(i int) { d.path = append(d.path, step{stepKey, int32(i - 1)}) }

// enterIndex is enter for element k of an array.
func (d *decoder) enterIndex(k int) { d.path = append(d.path, step{stepIndex, int32(k)}) }

func (d *decoder) leave() { d.path = d.path[:len(d.path)-1] }

// maxErrors bounds the errors of one request, so that a hostile one cannot make
// its errors much larger than itself.
const maxErrors = 1000

// fail adds an error at the current place, below the keys given.
func (d *decoder) fail(description string, below ...string) {
	if d.failed++; len(d.errs) == maxErrors {
		return
	}
	e := parseError(description)
	e.Position = make([]any, 0, len(d.path)+len(below))
	for _, s := range d.path {
		switch s.kind {
		case stepKey:
			e.Position = append(e.Position, d.string(int(s.at)))
		case stepIndex:
			e.Position = append(e.Position, int(s.at))
		case stepClass:
			e.Position = append(e.Position, "class")
		}
	}
	for _, key := range below {
		e.Position = append(e.Position, key)
	}
	d.errs = append(d.errs, e)
}

// failType adds the error of node i not being what was expected.
func (d *decoder) failType(expected string, i int, below ...string) {
	d.fail(expected+" expected, "+d.nodes[i].kind.typeName()+" provided.", below...)
}

// parseError is a malformed query's error, placed at the root.
func parseError(description string) Error {
	return Error{Code: "invalid expression", Description: description, HasPosition: true}
}

func scanError(err error) Error {
	if errors.Is(err, errNesting) {
		return parseError("Request body JSON exceeds nesting limit.")
	}
	return parseError("Request body is not valid JSON.")
}

func unbound(uses []syntax.Unbound) []Error {
	if len(uses) == 0 {
		return nil
	}
	errs := make([]Error, len(uses))
	for i, u := range uses {
		errs[i] = parseError("Variable '" + u.Name + "' is not defined.")
		errs[i].Position = u.Position
	}
	return errs
}
