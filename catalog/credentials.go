package catalog

import (
	"encoding/binary"

	"seriatim/value"
)

// credentialsNoun is credentials: the password of a document, of which a document
// has at most one (section 4.3). Passwords arrive hashed.
type credentialsNoun struct{}

var credentialsMask = []string{"instance", "hashed_password", "data"}

func (credentialsNoun) mask() []string { return credentialsMask }

func (credentialsNoun) fresh(v *View) (int64, error) { return v.session.options.NewID(), nil }

func (credentialsNoun) defaults() *value.Object { return nil }

func (credentialsNoun) kept(*value.Object) *value.Object { return nil }

func (credentialsNoun) prepare(v *View, id int64, _, next *value.Object) (*value.Object, error) {
	var k checker
	k.checkData(next)
	k.checkInstance(next)
	optional[value.String](&k, next, "hashed_password", "String")
	if err := v.checkRefs(&k, next); err != nil {
		return nil, err
	}
	if err := k.err(); err != nil {
		return nil, err
	}
	of, _ := instanceOf(next)
	held, ok, err := v.credentialsOf(of)
	if err == nil && ok && held != id {
		return nil, &NotUnique{Ref: value.Ref{Collection: value.Credentials, ID: id}, Existing: value.Ref{Collection: value.Credentials, ID: held}}
	}
	return next, err
}

func (credentialsNoun) saved(v *View, id int64, prev, next *value.Object) error {
	before, had := instanceOf(prev)
	after, has := instanceOf(next)
	if had == has && before == after {
		return nil
	}
	if had {
		v.session.tx.Delete(credentialsKey(v.db, before))
	}
	if has {
		v.session.tx.Put(credentialsKey(v.db, after), binary.BigEndian.AppendUint64(nil, uint64(id)), nil, nil)
	}
	return v.session.tx.Err()
}

func (v *View) credentialsOf(of value.Ref) (id int64, ok bool, err error) {
	b, _, ok, err := v.session.tx.Get(credentialsKey(v.db, of))
	if err != nil || !ok {
		return 0, false, err
	}
	return int64(binary.BigEndian.Uint64(b)), true, nil
}

// CredentialsOf returns the credentials of a document, nil when it has none. What
// it read joins the read set. Credentials have no past: they are those of now.
func (v *View) CredentialsOf(of value.Ref) (*value.Document, error) {
	of, ok := v.local(of)
	if !ok {
		other, err := v.In(of.Database)
		if err == ErrNotFound {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return other.CredentialsOf(of)
	}
	id, ok, err := v.credentialsOf(of)
	if err != nil || !ok {
		return nil, err
	}
	return v.Get(value.Ref{Collection: value.Credentials, ID: id}, 0)
}
