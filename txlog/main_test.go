package txlog_test

import (
	"testing"

	"seriatim/leaktest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }
