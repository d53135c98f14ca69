package graphql

import (
	"strconv"

	"seriatim/value"
)

// The codes of errors, in extensions.code. A request error has CodeSyntax,
// CodeValidation, CodeVariable or CodeLimit; what a field runs into has one of the
// others.
const (
	CodeSyntax     = "GRAPHQL_PARSE_FAILED"
	CodeValidation = "GRAPHQL_VALIDATION_FAILED"
	CodeVariable   = "BAD_USER_INPUT"
	CodeLimit      = "LIMIT_EXCEEDED"

	CodeConstraint   = "CONSTRAINT_VIOLATION"
	CodeCondition    = "CONDITION_FAILED"
	CodeNotFound     = "NOT_FOUND"
	CodeExists       = "ALREADY_EXISTS"
	CodeNotUnique    = "NOT_UNIQUE"
	CodeUnauthorized = "UNAUTHORIZED"
	CodeInput        = "BAD_INPUT"
	CodeAborted      = "TRANSACTION_ABORTED"
	CodeInternal     = "INTERNAL_ERROR"
)

// MaxErrors is how many errors one response lists; the last one listed says that
// there were more.
const MaxErrors = 50

// Location is a place in the request's text, both from 1.
type Location struct{ Line, Column int }

// Extensions is what an error says to programs. Empty members are left out.
type Extensions struct {
	Code          string
	TransactionID string      // of the transaction that did not happen
	Operation     string      // the alias of the mutation's operation
	Pointer       string      // instancePath: RFC 6901, into the document
	Keyword       string      // of JSON Schema, that was violated
	Limit         value.Value // the keyword's value; nil for none
}

// Error is one error of a GraphQL response.
type Error struct {
	Message    string
	Locations  []Location
	Path       []any // response keys (string) and list positions (int)
	Extensions *Extensions
	Internal   error // the cause of an internal error, for the log; never shown
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause of an internal error.
func (e *Error) Unwrap() error { return e.Internal }

// refuse makes an error with a code.
func refuse(code, message string) *Error {
	return &Error{Message: message, Extensions: &Extensions{Code: code}}
}

// internal makes the error that stands for one the user cannot do anything about.
func internal(err error) *Error {
	e := refuse(CodeInternal, "internal error")
	e.Internal = err
	return e
}

// AppendErrors appends the errors as a JSON array.
func AppendErrors(dst []byte, errs []*Error) []byte {
	dst = append(dst, '[')
	for i, e := range errs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = e.append(dst)
	}
	return append(dst, ']')
}

// AppendResponse appends a whole response: data, an object or null, and the errors
// when there are any. Nil data leaves data null.
func AppendResponse(dst, data []byte, errs []*Error) []byte {
	dst = append(dst, `{"data":`...)
	if data == nil {
		dst = append(dst, "null"...)
	} else {
		dst = append(dst, data...)
	}
	if len(errs) > 0 {
		dst = append(dst, `,"errors":`...)
		dst = AppendErrors(dst, errs)
	}
	return append(dst, '}')
}

func (e *Error) append(dst []byte) []byte {
	dst = append(dst, `{"message":`...)
	dst = appendJSONString(dst, e.Message)
	if len(e.Locations) > 0 {
		dst = append(dst, `,"locations":[`...)
		for i, l := range e.Locations {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, `{"line":`...)
			dst = strconv.AppendInt(dst, int64(l.Line), 10)
			dst = append(dst, `,"column":`...)
			dst = strconv.AppendInt(dst, int64(l.Column), 10)
			dst = append(dst, '}')
		}
		dst = append(dst, ']')
	}
	if len(e.Path) > 0 {
		dst = append(dst, `,"path":[`...)
		for i, p := range e.Path {
			if i > 0 {
				dst = append(dst, ',')
			}
			if n, ok := p.(int); ok {
				dst = strconv.AppendInt(dst, int64(n), 10)
			} else {
				dst = appendJSONString(dst, p.(string))
			}
		}
		dst = append(dst, ']')
	}
	if e.Extensions != nil {
		dst = append(dst, `,"extensions":`...)
		dst = e.Extensions.append(dst)
	}
	return append(dst, '}')
}

func (x *Extensions) append(dst []byte) []byte {
	dst = append(dst, '{')
	first := true
	text := func(name, s string) {
		if s == "" {
			return
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, '"')
		dst = append(dst, name...)
		dst = append(dst, `":`...)
		dst = appendJSONString(dst, s)
	}
	text("code", x.Code)
	text("transactionId", x.TransactionID)
	text("operation", x.Operation)
	text("instancePath", x.Pointer)
	text("keyword", x.Keyword)
	if x.Limit != nil {
		if !first {
			dst = append(dst, ',')
		}
		dst = append(dst, `"limit":`...)
		dst = appendJSON(dst, x.Limit)
	}
	return append(dst, '}')
}
