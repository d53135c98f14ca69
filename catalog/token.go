package catalog

import (
	"slices"

	"seriatim/value"
)

// tokenNoun is tokens: secrets that stand for a document (section 4.3).
type tokenNoun struct{}

var tokenMask = []string{"instance", "ttl", "data"}

func (tokenNoun) mask() []string { return tokenMask }

func (tokenNoun) fresh(v *View) (int64, error) { return v.session.options.NewID(), nil }

func (tokenNoun) defaults() *value.Object { return nil }

func (tokenNoun) kept(*value.Object) *value.Object { return nil }

func (tokenNoun) prepare(v *View, _ int64, prev, next *value.Object) (*value.Object, error) {
	if v.savesChange() {
		next = v.tokenOfNode(prev, next)
	}
	var k checker
	k.checkData(next)
	k.checkInstance(next)
	k.checkTTL(next)
	if err := v.checkRefs(&k, next); err != nil {
		return nil, err
	}
	return next, k.err()
}

// tokenOfNode binds a new token of a uni to the node that makes it, and one that was
// made to its own: who has it writes for that node.
func (v *View) tokenOfNode(prev, next *value.Object) *value.Object {
	next = without(next, "node")
	if prev == nil {
		return next.With("node", value.String(v.Author()))
	}
	if node, ok := prev.Get("node"); ok {
		return next.With("node", node)
	}
	return next
}

// checkInstance checks the document that a token or credentials stand for.
func (k *checker) checkInstance(o *value.Object) {
	switch m, ok := o.Get("instance"); r := m.(type) {
	case value.Ref:
		if r.IsNative() {
			k.wrongType(m, "Ref", "instance")
		}
	default:
		if !ok {
			k.required("instance")
			return
		}
		k.wrongType(m, "Ref", "instance")
	}
}

func (tokenNoun) saved(v *View, id int64, prev, next *value.Object) error {
	if next == nil {
		v.dropSecret(prev)
	}
	before, had := instanceOf(prev)
	after, has := instanceOf(next)
	if had == has && before == after {
		return nil
	}
	if had {
		v.session.tx.Delete(appendID(tokensPrefix(v.db, before), id))
	}
	if has {
		v.session.tx.Put(appendID(tokensPrefix(v.db, after), id), nil, nil, nil)
	}
	return v.session.tx.Err()
}

// instanceOf returns the document that a token or credentials stand for.
func instanceOf(body *value.Object) (value.Ref, bool) {
	if body == nil {
		return value.Ref{}, false
	}
	m, _ := body.Get("instance")
	ref, ok := m.(value.Ref)
	return ref, ok
}

// createToken makes a token. Its secret shows in the returned document only, and
// its hash in later ones.
func (v *View) createToken(ref value.Ref, old version, next *value.Object, given *value.Object) (*value.Document, error) {
	if err := checkGivenSecret(given, nil, "tokens"); err != nil {
		return nil, err
	}
	var before *value.Object
	if old.live {
		// One that expired leaves what leads to it behind.
		before = old.document(ref).Body()
		if err := (tokenNoun{}).saved(v, ref.ID, before, nil); err != nil {
			return nil, err
		}
	}
	return v.renewToken(ref, old, nil, next)
}

// renewToken writes a token with a new secret.
func (v *View) renewToken(ref value.Ref, old version, prev, next *value.Object) (*value.Document, error) {
	secret, hashed, err := v.newSecret(ref, next)
	if err != nil {
		return nil, err
	}
	if _, err := v.change(tokenNoun{}, ref, old, prev, hashed); err != nil {
		return nil, err
	}
	v.dropSecret(prev)
	return written(ref, next.With("secret", secret)), v.session.tx.Err()
}

// rewriteToken updates or replaces a token. One that is replaced without its hash
// gets a new secret, and the old one opens nothing any more.
func (v *View) rewriteToken(ref value.Ref, old version, prev, next, given *value.Object, whole bool) (*value.Document, error) {
	if err := checkGivenSecret(given, prev, "tokens"); err != nil {
		return nil, err
	}
	if _, same := given.Get("hashed_secret"); whole && !same {
		return v.renewToken(ref, old, prev, next)
	}
	hash, _ := prev.Get("hashed_secret")
	d, err := v.change(tokenNoun{}, ref, old, prev, without(next, "hashed_secret").With("hashed_secret", hash))
	if err != nil {
		return nil, err
	}
	return written(ref, without(d.Body(), "hashed_secret")), nil
}

// without returns o less the member called name.
func without(o *value.Object, name string) *value.Object {
	fields := slices.DeleteFunc(slices.Clone(o.Fields), func(f value.Field) bool { return f.Name == name })
	return &value.Object{Fields: fields}
}

// RemoveTokens deletes all tokens that stand for a document of the view's
// database. That there are no others is in the read set.
func (v *View) RemoveTokens(of value.Ref) error {
	lo := tokensPrefix(v.db, of)
	hi := after(append([]byte(nil), lo...))
	var ids []int64
	c := v.session.tx.Scan(lo, hi, false)
	for c.Next() {
		ids = append(ids, decodeID(c.Key()[len(lo):]))
	}
	if err := c.Err(); err != nil {
		_ = c.Close()
		return err
	}
	if err := c.Close(); err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := v.Delete(value.Ref{Collection: value.Tokens, ID: id}); err != nil && err != ErrNotFound {
			return err
		}
	}
	return nil
}
