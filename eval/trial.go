package eval

import (
	"errors"

	"seriatim/catalog"
	"seriatim/value"
)

// Trial is one action on one thing, to be decided about as a query would be, without
// doing it.
type Trial struct {
	// Action is what would be done, as privileges name it.
	Action string
	// On is a document, or what privileges name: a collection for the documents that
	// would be made in it, an index that would be searched, a function.
	On value.Ref
	// With is what the action gets: params of a document, terms of a search, arguments
	// of a call. nil is none.
	With value.Value
}

// ErrUntried says that there is no such action on such a thing, or that the document
// that it is about does not exist.
var ErrUntried = errors.New("eval: no such action")

// trialActions are the actions on each kind of thing that privileges name themselves;
// all others are on documents.
var trialActions = map[value.CollectionID][]string{
	value.Collections: {"create", "unrestricted_read"},
	value.Indexes:     {"read", "unrestricted_read"},
	value.Functions:   {"call"},
}

// Resource returns what privileges about the trial name.
func (t Trial) Resource() value.Ref {
	if _, ok := trialActions[t.On.Collection]; ok {
		return t.On
	}
	return resourceOf(t.On)
}

// Allowed decides for the caller of env, as evaluation does.
func (t Trial) Allowed(env *Env) (bool, error) {
	c := &context{Env: env, version: env.Version}
	args, err := t.args(c)
	if err != nil {
		return false, err
	}
	allowed, when := c.decide(t.Action, t.Resource())
	if !allowed {
		allowed = c.anyHolds(when, args)
	}
	switch {
	case allowed:
	case t.Action == "read":
		allowed = c.owns(t.On)
	case t.Action == "create_with_id":
		allowed = c.mayCreateWithID(t.On, t.params())
	}
	return allowed, env.Cause()
}

// Holds evaluates one predicate of the action.
func (t Trial) Holds(env *Env, p *catalog.Predicate) (bool, error) {
	c := &context{Env: env, version: env.Version}
	args, err := t.args(c)
	if err != nil {
		return false, err
	}
	return c.holds(p, args), env.Cause()
}

// params are those of a document.
func (t Trial) params() *value.Object {
	if o, ok := t.With.(*value.Object); ok {
		return o
	}
	return &value.Object{}
}

// list are terms or arguments; one that is no array is the only one.
func (t Trial) list() value.Value {
	switch t.With.(type) {
	case nil:
		return value.Array{}
	case value.Array:
		return t.With
	}
	return value.Array{t.With}
}

// args returns what predicates of the action get, by how many they take.
func (t Trial) args(c *context) (func(arity int) value.Value, error) {
	one := func(v value.Value) (func(int) value.Value, error) {
		return func(int) value.Value { return v }, nil
	}
	if actions, ok := trialActions[t.On.Collection]; ok {
		for _, a := range actions {
			switch {
			case a != t.Action:
			case a == "create":
				return one(t.params())
			case t.On.Collection == value.Collections:
				return one(value.Null{})
			default:
				return one(t.list())
			}
		}
		return nil, ErrUntried
	}
	return t.documentArgs(c, one)
}

// documentArgs is args for an action on a document.
func (t Trial) documentArgs(c *context, one func(value.Value) (func(int) value.Value, error)) (func(int) value.Value, error) {
	switch t.Action {
	case "read", "delete", "history_read":
		return one(t.On)
	case "create":
		if t.On.IsNative() {
			return one(t.params())
		}
	case "create_with_id":
		return func(arity int) value.Value {
			if arity == 1 {
				return t.params()
			}
			return value.Array{t.params(), t.On}
		}, nil
	case "write":
		doc, err := c.View.Get(t.On, 0)
		if err != nil {
			return nil, err
		}
		if doc != nil {
			return writeArgs(doc, t.params()), nil
		}
	case "history_write":
		return one(value.Array{t.On, value.TimeOfMicros(c.Clock), value.String("create"), t.params()})
	}
	return nil, ErrUntried
}
