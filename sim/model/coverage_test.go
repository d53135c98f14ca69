package model

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"testing"

	"seriatim/syntax"
)

// leftOut are the forms that the model does not answer, each with its reason.
var leftOut = map[syntax.Op]string{
	syntax.OpNewID:                "a new id has no one answer; bank of ids: TestNewID in the root",
	syntax.OpNextID:               "as NewId",
	syntax.OpKeyFromSecret:        "secrets are random; docs/fql and the authorization oracle",
	syntax.OpLogin:                "passwords and secrets; docs/fql and the authorization oracle",
	syntax.OpLogout:               "as Login",
	syntax.OpIdentify:             "as Login",
	syntax.OpCurrentIdentity:      "depends on the secret, not on data; the authorization oracle",
	syntax.OpIdentity:             "as CurrentIdentity",
	syntax.OpHasCurrentIdentity:   "as CurrentIdentity",
	syntax.OpHasIdentity:          "as CurrentIdentity",
	syntax.OpCurrentToken:         "as CurrentIdentity",
	syntax.OpHasCurrentToken:      "as CurrentIdentity",
	syntax.OpCreateKey:            "secrets are random",
	syntax.OpCreateRole:           "the authorization oracle",
	syntax.OpCreateAccessProvider: "needs an issuer; docs/fql",
	syntax.OpCreateDatabase:       "its global_id is random; docs/fql",
	syntax.OpMoveDatabase:         "needs databases; catalog's scripts",
	syntax.OpCreateCollection:     "definitions are fixed for a session; catalog's model_test and scripts",
	syntax.OpCreateClass:          "as CreateCollection",
	syntax.OpCreateIndex:          "as CreateCollection",
	syntax.OpCreateFunction:       "as CreateCollection",
}

// coverage counts what was asked.
type coverage struct {
	forms         map[syntax.Op]int
	asked, passed int
	left          int
	bad           int
	lastBad       error
	skips         map[string]int // why the model gave up on queries
}

func newCoverage() *coverage {
	return &coverage{forms: map[syntax.Op]int{}, skips: map[string]int{}}
}

func (c *coverage) unparsed(err error) {
	c.bad++
	if err != nil {
		c.lastBad = err
	}
}

func (c *coverage) add(e syntax.Expr, ok bool) {
	c.asked++
	if ok {
		c.passed++
	}
	syntax.Walk(e, func(e syntax.Expr) bool {
		if f, ok := e.(*syntax.Form); ok {
			c.forms[f.Op]++
		}
		return true
	})
}

// modelled tells whether the model has all forms of a query.
func modelled(e syntax.Expr) bool {
	ok := true
	syntax.Walk(e, func(e syntax.Expr) bool {
		if f, isForm := e.(*syntax.Form); isForm && forms[f.Op] == nil && lazyForms[f.Op] == nil {
			ok = false
		}
		return ok
	})
	return ok
}

// report logs the coverage, and fails when it is too thin for its size.
func (c *coverage) report(t *testing.T) {
	var rare []string
	least := c.asked / 300
	for op := syntax.Op(1); op < syntax.NumOps; op++ {
		if _, out := leftOut[op]; !out && c.forms[op] < least {
			rare = append(rare, fmt.Sprintf("%s %d", syntax.FormOf(op).Name, c.forms[op]))
		}
	}
	sort.Strings(rare)
	t.Logf("%d queries, %.1f %% of them succeeded; %d of %d forms are asked, the others left out with reasons", c.asked,
		100*float64(c.passed)/float64(max(1, c.asked)), int(syntax.NumOps)-1-len(leftOut), syntax.NumOps-1)
	for _, why := range slices.Sorted(maps.Keys(c.skips)) {
		t.Logf("given up %d times: %s", c.skips[why], why)
	}
	if c.bad > 0 {
		t.Logf("%d texts were no queries or too long, the last: %v", c.bad, c.lastBad)
	}
	if c.asked < 2000 || t.Failed() {
		t.Logf("rare: %s", strings.Join(rare, ", "))
		return
	}
	if c.passed*10 < c.asked*6 {
		t.Error("fewer than 60 % succeed")
	}
	if len(rare) > 0 {
		t.Errorf("forms that occur fewer than %d times: %s", least, strings.Join(rare, ", "))
	}
}
