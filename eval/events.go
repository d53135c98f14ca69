package eval

import "seriatim/value"

func (c scanner) openHistory(set *value.Set, p span) (walk, *fault) {
	return nil, fail("invalid argument", "Set does not support events history.")
}
