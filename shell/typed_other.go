//go:build !unix

package shell

func typedAhead() []byte { return nil }
