package syntax

// Class is what a piece of shell text is, for colouring it.
type Class uint8

// The classes of tokens.
const (
	ClassFunction    Class = iota // a name that the language knows as a function
	ClassName                     // any other name
	ClassMember                   // the name of an object's member
	ClassConstant                 // true, false, null, undefined
	ClassNumber                   // a number
	ClassString                   // a string with its quotes
	ClassComment                  // a comment
	ClassPunctuation              // brackets, commas and the like
	ClassMistake                  // what is no token, such as an open string
)

var classNames = [...]string{"function", "name", "member", "constant", "number", "string", "comment", "punctuation", "mistake"}

// String returns the class in one word.
func (c Class) String() string { return classNames[c] }

// Span is the bytes of a text from Start up to End, of one class.
type Span struct {
	Start, End int
	Class      Class
}

// Highlight returns the tokens of text in order. It takes any text, unfinished
// or wrong as well; what lies between spans is white space.
func Highlight(text string) []Span {
	tokens := scan(text)
	spans := make([]Span, 0, len(tokens))
	for i := range tokens[:len(tokens)-1] {
		t := &tokens[i]
		spans = append(spans, Span{t.start, t.end, classOf(t, &tokens[i+1])})
	}
	return spans
}

func classOf(t, next *token) Class {
	if (t.kind == tokIdent || t.kind == tokString) && next.is(":") {
		return ClassMember
	}
	switch t.kind {
	case tokIdent:
		return classOfName(t.text)
	case tokString:
		return ClassString
	case tokNumber:
		return ClassNumber
	case tokComment:
		return ClassComment
	case tokBad:
		return ClassMistake
	}
	return ClassPunctuation
}

func classOfName(name string) Class {
	switch name {
	case "true", "false", "null", "undefined":
		return ClassConstant
	}
	if _, ok := functionNamed(name); ok {
		return ClassFunction
	}
	return ClassName
}
