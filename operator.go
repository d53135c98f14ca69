package seriatim

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"

	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/txlog"
)

// Operates reports whether an Authorization header is that of an operator: an admin of
// the root database, who alone may see what concerns the whole server. The root secret
// itself is known without a look at the database, so that a server that cannot answer
// queries can still be asked what it is short of. An error says that nobody knows.
func (db *DB) Operates(ctx context.Context, authorization string) (bool, error) {
	c, ok := auth.ParseAuthorization(authorization)
	if !ok {
		return false, nil
	}
	hash := auth.HashSecret(c.Secret)
	whole := len(c.Path) == 0 && c.UserRole == "" && c.Document == "" && (c.Role == "" || c.Role == auth.Admin.String())
	if whole && subtle.ConstantTimeCompare(hash[:], db.rootSecret[:]) == 1 {
		return true, nil
	}
	if db.options.several() {
		// A secret may have been revoked elsewhere. Without a majority nobody can know, and
		// an operator must still be able to look and to save what is here.
		if _, err := db.replica.Sync(ctx); err != nil && !errors.Is(err, txlog.ErrUnavailable) {
			return false, err
		}
	}
	q := &query{db: db, req: &Request{Authorization: authorization}}
	tx := db.begin()
	defer tx.Close()
	x := q.execution(ctx, tx)
	if refusal := x.identify(); refusal != nil {
		if refusal.Status == statusUnauthorized {
			return false, nil
		}
		return false, errors.Join(fmt.Errorf("seriatim: who asks could not be found out: status %d", refusal.Status), refusal.Err)
	}
	return x.who.Database == catalog.Root && x.who.Kind == auth.BuiltIn && x.who.Role == auth.Admin, nil
}
