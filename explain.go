package seriatim

import (
	"context"
	"errors"
	"slices"

	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/eval"
	"seriatim/syntax"
	"seriatim/value"
	"seriatim/wire"
)

// Question asks whether somebody may do something, which is not done.
type Question struct {
	// Asker is the Authorization header of the admin who asks, in the database that it is
	// about; As is that of whoever would act there.
	Asker, As string
	// Action is a privilege's, such as "write".
	Action string
	// On and With are queries that the asker runs, which write nothing: On gives a
	// reference, With what the action gets, if anything: params, terms or arguments.
	On, With []byte
}

// Judgement is the answer, and what was decisive.
type Judgement struct {
	Allowed bool
	// BuiltIn is the built-in role that decided alone, "" for user-defined ones.
	BuiltIn string
	// Roles are those that the one who would act has, or would have under a condition
	// that does not hold.
	Roles []JudgedRole
	// Rules are the privileges of held roles that are about the action.
	Rules []JudgedRule
}

// JudgedRole is a role and whether it is held.
type JudgedRole struct {
	Name string
	Held bool
	// When is the text of the condition of membership, "" for none.
	When string
}

// JudgedRule is a privilege and whether it allows the action.
type JudgedRule struct {
	Role      string
	Privilege int // its place among the role's, from 0
	Allows    bool
	// When is the text of its condition, "" for none.
	When string
}

// ExplainError is a question that has no answer.
type ExplainError struct {
	Status        int
	Code, Message string
	// Errors are those of On or With, which Field names then.
	Errors []wire.Error
	Field  string
}

// Error returns the message.
func (e *ExplainError) Error() string { return e.Message }

// Explain answers a question as of now. Errors are an *ExplainError or of the database.
func (db *DB) Explain(ctx context.Context, ask *Question) (*Judgement, error) {
	tx := db.begin()
	defer tx.Close()
	enter := func(header string) *execution {
		q := &query{db: db, req: &Request{Authorization: header, Version: syntax.V4, ReadOnly: "the rights of a role are tried"}}
		return q.execution(ctx, tx)
	}
	asker, actor := enter(ask.Asker), enter(ask.As)
	if resp := asker.identify(); resp != nil || !isAdmin(&asker.who) {
		return nil, &ExplainError{Status: statusForbidden, Code: "permission denied", Message: "Only the secret of an admin may try rights: what roles say is for admins."}
	}
	if resp := actor.identify(); resp != nil {
		return nil, &ExplainError{Status: statusBadRequest, Code: "unauthorized", Message: "Who would act is nobody here: there is no such role, document or secret.", Field: "as"}
	}
	if actor.who.Database != asker.who.Database {
		return nil, &ExplainError{Status: statusBadRequest, Code: "bad request", Message: "The secret opens another database than this one.", Field: "as"}
	}
	t := eval.Trial{Action: ask.Action}
	on, err := asker.part("on", ask.On)
	if err != nil {
		return nil, err
	}
	var ok bool
	if t.On, ok = on.(value.Ref); !ok {
		return nil, &ExplainError{Status: statusBadRequest, Code: "invalid argument", Message: "This is no reference to a document, collection, index or function.", Field: "on"}
	}
	if t.With, err = asker.part("with", ask.With); err != nil {
		return nil, err
	}
	return actor.judge(t)
}

// part evaluates one query of a question; nil for none.
func (x *execution) part(field string, body []byte) (value.Value, error) {
	if len(body) == 0 {
		return nil, nil
	}
	tree, errs := wire.DecodeQuery(body, x.version)
	var v value.Value
	if errs == nil {
		v, errs = eval.Run(x.env, tree)
	}
	if err := x.env.Cause(); err != nil {
		return nil, err
	}
	if errs != nil {
		return nil, &ExplainError{Status: statusBadRequest, Code: errs[0].Code, Message: errs[0].Description, Errors: errs, Field: field}
	}
	return v, nil
}

// judge decides the trial and finds out why.
func (x *execution) judge(t eval.Trial) (*Judgement, error) {
	allowed, err := t.Allowed(x.env)
	if errors.Is(err, eval.ErrUntried) {
		return nil, &ExplainError{Status: statusBadRequest, Code: "invalid argument", Message: "There is no such action on this, or the document does not exist.", Field: "on"}
	}
	if err != nil {
		return nil, err
	}
	j := &Judgement{Allowed: allowed}
	granted, ok := x.env.Rights.(auth.Granted)
	if !ok {
		j.BuiltIn = x.who.Role.String()
		return j, nil
	}
	if err := x.judgeRoles(j, granted); err != nil {
		return nil, err
	}
	for _, rule := range granted.Rules(t.Action, t.Resource()) {
		told := JudgedRule{Role: rule.Role.Name, Privilege: rule.Privilege, Allows: true}
		if rule.When != nil {
			if told.Allows, err = t.Holds(x.env, rule.When); err != nil {
				return nil, err
			}
			if told.When, err = conditionText(rule.When); err != nil {
				return nil, err
			}
		}
		j.Rules = append(j.Rules, told)
	}
	return j, x.tx.Err()
}

// judgeRoles tells the roles that are held and, of a document, those of its collection
// that it has not.
func (x *execution) judgeRoles(j *Judgement, granted auth.Granted) error {
	if x.who.Kind != auth.Document {
		for _, r := range granted.Roles() {
			j.Roles = append(j.Roles, JudgedRole{Name: r.Name, Held: true})
		}
		return nil
	}
	for _, m := range x.view.RolesOf(x.who.Instance.Collection) {
		told := JudgedRole{Name: m.Role.Name, Held: slices.Contains(granted.Roles(), m.Role)}
		if m.When != nil {
			var err error
			if told.When, err = conditionText(m.When); err != nil {
				return err
			}
		}
		j.Roles = append(j.Roles, told)
	}
	return nil
}

// conditionText is a predicate as FQL.
func conditionText(p *catalog.Predicate) (string, error) {
	l, err := wire.DecodeLambda(p.Lambda.Source, syntax.V4)
	if err != nil {
		return "", err
	}
	return syntax.Print(l), nil
}
