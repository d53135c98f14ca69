package eval

import (
	"errors"
	"strconv"

	"seriatim/catalog"
	"seriatim/value"
	"seriatim/wire"
)

// writeFault turns an error of the catalog into the protocol's. Errors that are
// not the query's fault end the evaluation.
func (c *context) writeFault(err error, ref value.Ref) *fault {
	var (
		exists      *catalog.Exists
		duplicate   *catalog.NotUnique
		invalid     *catalog.Invalid
		unsupported *catalog.Unsupported
		violated    *catalog.Violated
		refused     *catalog.ErrUniRefused
	)
	switch {
	case errors.Is(err, catalog.ErrNotFound):
		return notFound(ref)
	case errors.As(err, &exists):
		return fail("instance already exists", instanceNoun(exists.Ref)+" already exists.")
	case errors.As(err, &duplicate):
		return fail("instance not unique", "document is not unique.")
	case errors.As(err, &invalid):
		return invalidDocument(invalid.Failures)
	case errors.As(err, &unsupported):
		return fail("feature not available", "The feature '"+unsupported.Feature+"' is not available in this release.")
	case errors.Is(err, catalog.ErrWriteTime):
		return wrongTime()
	case errors.Is(err, catalog.ErrContainer):
		return fail("invalid object in container", "Object is not allowed in a container")
	case errors.As(err, &violated):
		return violation(violated)
	case errors.As(err, &refused):
		return invalidArgument("%s", refused.Reason)
	case errors.Is(err, catalog.ErrNoAuthor):
		return fail("permission denied", "Writing to a uni needs a key that is bound to one of its nodes.")
	case errors.Is(err, catalog.ErrNoEvents):
		return invalidArgument("Cannot insert event for specified ref.")
	}
	return c.stop(err)
}

// invalidDocument is the error of params that make no valid document.
func invalidDocument(failures []catalog.Failure) *fault {
	f := fail("validation failed", "document data is not valid.")
	for _, x := range failures {
		f.errs[0].Failures = append(f.errs[0].Failures, wire.Failure{Field: x.Field, Code: x.Code, Description: x.Description})
	}
	return f
}

// checkRefs refuses params with references that cannot be stored: to other
// databases, and by names that nothing has. Params too large for any document are
// left to the write, which refuses them without a look inside.
func checkRefs(params *value.Object) *fault {
	if bytes, depth := value.Extent(params, 1, catalog.MaxDocument); bytes > catalog.MaxDocument || depth > value.MaxNesting {
		return nil
	}
	if sound(params) {
		return nil
	}
	failures := badRefs(params, []any{fromRoot{}}, nil)
	if failures == nil {
		return nil
	}
	return invalidDocument(failures)
}

// sound reports whether every reference in v can be stored. It is asked first,
// because a path that leads to a bad one costs memory and nearly none is bad.
func sound(v value.Value) bool {
	switch v := v.(type) {
	case value.Ref:
		return v.Database == 0
	case *value.UnresolvedRef:
		return false
	case *value.Object:
		for _, m := range v.Fields {
			if !sound(m.Value) {
				return false
			}
		}
	case value.Array:
		for _, x := range v {
			if !sound(x) {
				return false
			}
		}
	}
	return true
}

// badRefs finds references that cannot be stored. path leads to v.
func badRefs(v value.Value, path []any, found []catalog.Failure) []catalog.Failure {
	failure := func(text string) []catalog.Failure {
		return append(found, catalog.Failure{Field: append([]any(nil), path...), Code: "invalid reference", Description: text})
	}
	switch v := v.(type) {
	case value.Ref:
		if v.Database != 0 {
			return failure("Reference cannot be scoped.")
		}
	case *value.UnresolvedRef:
		return failure("Cannot read reference.")
	case *value.Object:
		for _, m := range v.Fields {
			found = badRefs(m.Value, append(path, m.Name), found)
		}
	case value.Array:
		for i, x := range v {
			found = badRefs(x, append(path, strconv.Itoa(i)), found)
		}
	}
	return found
}
