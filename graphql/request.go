package graphql

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"seriatim/value"
)

// Request is one request as a client sends it.
type Request struct {
	Query         string
	OperationName string
	Variables     []byte // a JSON object; may be empty
}

// Parse reads, limits and validates a request and puts its variables in place.
// Errors are the client's: syntax, validation, variables, limits.
func (m *Model) Parse(r *Request) (*Operation, []*Error) {
	doc, errs := m.document(r.Query)
	if errs != nil {
		return nil, errs
	}
	def, err := pick(doc, r.OperationName)
	if err != nil {
		return nil, []*Error{err}
	}
	vars, errs := m.variables(def, r.Variables)
	if errs != nil {
		return nil, errs
	}
	op := &Operation{Model: m, Kind: def.Operation, Name: def.Name, Level: LevelCached}
	op.Transactional = def.Directives.ForName("vendia_transaction") != nil
	c := shaper{model: m, vars: vars, fixed: doc.fixed}
	op.Fields = c.fields(m.rootType(def.Operation), def.SelectionSet, nil)
	if len(c.errs) > 0 {
		return nil, c.errs
	}
	for _, f := range op.Fields {
		if f.Root = m.Root(op.Kind, f.Name); f.Root == nil {
			continue
		}
		if err := c.prepare(f); err != nil {
			c.errs = append(c.errs, f.at(err))
		}
		op.Level = max(op.Level, f.level())
	}
	if c.errs = append(c.errs, op.cost()...); len(c.errs) > 0 {
		return nil, c.errs
	}
	return op, nil
}

func (m *Model) rootType(kind ast.Operation) *ast.Definition {
	switch kind {
	case ast.Mutation:
		return m.Schema.Mutation
	case ast.Subscription:
		return m.Schema.Subscription
	}
	return m.Schema.Query
}

// pick chooses the operation that a request names.
func pick(doc *document, name string) (*ast.OperationDefinition, *Error) {
	switch {
	case name != "":
		if op := doc.Operations.ForName(name); op != nil {
			return op, nil
		}
		return nil, refuse(CodeValidation, fmt.Sprintf("Unknown operation named %q.", name))
	case len(doc.Operations) == 1:
		return doc.Operations[0], nil
	case len(doc.Operations) == 0:
		return nil, refuse(CodeValidation, "The document has no operation.")
	}
	return nil, refuse(CodeValidation, "Must provide operation name if query contains multiple operations.")
}

// document parses and validates a text, or finds it among the texts that were.
func (m *Model) document(text string) (*document, []*Error) {
	if doc := m.documents.get(text); doc != nil {
		return doc, nil
	}
	if len(text) > MaxDocumentBytes {
		return nil, []*Error{refuse(CodeLimit, fmt.Sprintf("the query has %d bytes, the limit is %d", len(text), MaxDocumentBytes))}
	}
	parsed, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, MaxTokens)
	if err != nil {
		return nil, []*Error{syntaxError(text, err)}
	}
	if err := measure(parsed); err != nil {
		return nil, []*Error{err}
	}
	m.looseEnums(parsed)
	if errs := validator.ValidateWithRules(m.Schema, parsed, rules.NewDefaultRules()); len(errs) > 0 {
		return nil, validationErrors(errs)
	}
	if len(text) > maxCachedText {
		return &document{QueryDocument: parsed}, nil
	}
	doc := m.newDocument(parsed)
	m.documents.put(text, doc)
	return doc, nil
}

func syntaxError(text string, err error) *Error {
	e := refuse(CodeSyntax, err.Error())
	if g, ok := err.(*gqlerror.Error); ok {
		e.Message = "Syntax Error: " + g.Message
		for _, l := range g.Locations {
			e.Locations = append(e.Locations, Location{l.Line, l.Column})
		}
	}
	if strings.Contains(text, "@vendia-transaction") {
		e.Message = "Syntax Error: a directive's name has no hyphen; write @vendia_transaction with an underscore"
	}
	if strings.Contains(e.Message, "token limit") {
		e.Extensions.Code = CodeLimit
	}
	return e
}

// validationErrors turns what the validator says into our errors. A word that no
// schema of ours can know, because it is mistyped, gets a hint.
func validationErrors(list gqlerror.List) []*Error {
	errs := make([]*Error, 0, min(len(list), MaxErrors))
	for i, g := range list {
		if i == MaxErrors-1 && len(list) > MaxErrors {
			return append(errs, refuse(CodeValidation, strconv.Itoa(len(list)-i)+" more errors"))
		}
		e := refuse(CodeValidation, g.Message)
		for _, l := range g.Locations {
			e.Locations = append(e.Locations, Location{l.Line, l.Column})
		}
		if strings.HasPrefix(g.Message, `Unknown directive "@vendia`) {
			e.Message += " Did you mean \"@vendia_transaction\"?"
		}
		errs = append(errs, e)
	}
	return errs
}

// cost refuses a query whose lists may return more than MaxCost fields, and pages of
// a size that there is not.
func (op *Operation) cost() []*Error {
	var errs []*Error
	total := 0
	for _, f := range op.Fields {
		if f.Root == nil || (f.Root.Action != ActionList && f.Root.Action != ActionVersions) {
			continue
		}
		limit, err := f.pageSize()
		if err != nil {
			errs = append(errs, f.at(err))
			continue
		}
		before := total
		if total += limit * count(f.Fields); total > MaxCost && before <= MaxCost {
			errs = append(errs, f.fail(CodeLimit, fmt.Sprintf("the lists of this query may return more than %d fields; ask for fewer rows with limit", MaxCost)))
		}
	}
	return errs
}

func count(fields []*Field) int {
	n := len(fields)
	for _, f := range fields {
		n += count(f.Fields)
	}
	return n
}

// pageSize returns how many rows a list field asks for.
func (f *Field) pageSize() (int, *Error) {
	n, ok := f.Arg("limit").(value.Int)
	switch {
	case !ok:
		return DefaultPage, nil
	case n < 1 || n > MaxPage:
		return 0, refuse(CodeInput, fmt.Sprintf("limit must be between 1 and %d, not %d", MaxPage, n))
	}
	return int(n), nil
}
