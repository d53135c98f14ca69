package wire

// Error is one error of the protocol, as the body of a response shows it
// (fql-v4 sections 1.6, 1.8 and 1.9).
type Error struct {
	Code        string
	Description string
	// Position is the path from the root of the query to the failing place: form
	// keys and member names are string, array indexes are int. Errors of the
	// protocol rather than of a query have none, and HasPosition is false.
	Position    []any
	HasPosition bool
	// Failures lists the invalid fields of code "validation failed".
	Failures []Failure
	// Cause lists the errors inside a called function, with positions relative to
	// its lambda.
	Cause []Error
	// Class overrides the class that Code has, for the few errors that share a code
	// with others of another class.
	Class ErrorClass
}

// Failure is one invalid field of a document. Field is its path: string, or int
// for an array index.
type Failure struct {
	Field       []any
	Code        string
	Description string
}

// Error returns the code and description; it makes a query's error usable where
// Go wants an error.
func (e *Error) Error() string { return e.Code + ": " + e.Description }

// ErrorClass ranks the errors of one response, the highest of which decides the
// status.
type ErrorClass uint8

// The classes, from low to high. ClassPlain also makes the status 400 whatever
// the code, as an inactive index needs.
const (
	ClassOfCode     ErrorClass = iota // decided by the code, with the code's own status
	ClassPlain                        // everything else, status 400
	ClassPermission                   // the caller may not
	ClassArgument                     // a function got a wrong argument
	ClassParse                        // the query is malformed
)

// codeStatus is the status of each code whose status is not 400.
var codeStatus = map[string]int{
	"value not found":                404,
	"instance not found":             404,
	"schema not found":               404,
	"not found":                      404,
	"permission denied":              403,
	"unauthorized":                   401,
	"method not allowed":             405,
	"request timeout":                408,
	"contended transaction":          409,
	"precondition failed":            412,
	"request too large":              413,
	"too many requests":              429,
	"processing time limit exceeded": 440,
	"internal server error":          500,
	"time out":                       503,
	"unavailable":                    503,
	"operator error":                 540,
}

// codeClass is the class of each code that is not plain.
var codeClass = map[string]ErrorClass{
	"invalid expression": ClassParse,
	"schema not found":   ClassParse,
	"invalid argument":   ClassArgument,
	"permission denied":  ClassPermission,
}

func (e *Error) class() ErrorClass {
	if e.Class != ClassOfCode {
		return e.Class
	}
	if c, ok := codeClass[e.Code]; ok {
		return c
	}
	return ClassPlain
}

func (e *Error) status() int {
	if e.Class == ClassPlain {
		return 400
	}
	if s, ok := codeStatus[e.Code]; ok {
		return s
	}
	return 400
}

// StatusOf returns the HTTP status of a response with errs: that of the first
// error of the highest class (fql-v4 section 1.6). No errors give 200.
func StatusOf(errs []Error) int {
	if len(errs) == 0 {
		return 200
	}
	top := &errs[0]
	for i := range errs[1:] {
		if e := &errs[i+1]; e.class() > top.class() {
			top = e
		}
	}
	return top.status()
}

// AbortIn returns the text of the query's own Abort among errs and their causes,
// at whatever depth of calls it happened.
func AbortIn(errs []Error) (text string, ok bool) {
	for i := range errs {
		if errs[i].Code == "transaction aborted" {
			return errs[i].Description, true
		}
		if text, ok := AbortIn(errs[i].Cause); ok {
			return text, true
		}
	}
	return "", false
}

// AppendErrors appends the response body {"errors":[…]} to dst.
func AppendErrors(dst []byte, errs []Error) []byte {
	dst = append(dst, `{"errors":`...)
	dst = appendErrorList(dst, errs)
	return append(dst, '}')
}

func appendErrorList(dst []byte, errs []Error) []byte {
	dst = append(dst, '[')
	for i := range errs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = errs[i].append(dst)
	}
	return append(dst, ']')
}

func (e *Error) append(dst []byte) []byte {
	dst = append(dst, '{')
	if e.HasPosition {
		dst = append(dst, `"position":`...)
		dst = appendPath(dst, e.Position)
		dst = append(dst, ',')
	}
	dst = append(dst, `"code":`...)
	dst = appendString(dst, e.Code)
	dst = append(dst, `,"description":`...)
	dst = appendString(dst, e.Description)
	if len(e.Failures) > 0 {
		dst = append(dst, `,"failures":[`...)
		for i, f := range e.Failures {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = f.append(dst)
		}
		dst = append(dst, ']')
	}
	if len(e.Cause) > 0 {
		dst = append(dst, `,"cause":`...)
		dst = appendErrorList(dst, e.Cause)
	}
	return append(dst, '}')
}

func (f *Failure) append(dst []byte) []byte {
	dst = append(dst, `{"field":`...)
	dst = appendPath(dst, f.Field)
	dst = append(dst, `,"code":`...)
	dst = appendString(dst, f.Code)
	dst = append(dst, `,"description":`...)
	dst = appendString(dst, f.Description)
	return append(dst, '}')
}

func appendPath(dst []byte, path []any) []byte {
	dst = append(dst, '[')
	for i, step := range path {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch step := step.(type) {
		case string:
			dst = appendString(dst, step)
		case int:
			dst = appendInt(dst, int64(step))
		}
	}
	return append(dst, ']')
}
