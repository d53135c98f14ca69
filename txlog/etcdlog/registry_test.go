package etcdlog

import (
	"errors"
	"testing"
	"time"

	"seriatim/txlog"
)

func TestRegistry(t *testing.T) {
	r := shared.Cluster().Registry("registry/" + prefix(t))
	if _, found, err := r.Get(t.Context(), "a"); found || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
	for _, text := range []string{"first", "second"} {
		if got, err := r.Claim(t.Context(), "a", text); got != "first" || err != nil {
			t.Errorf("claimed %q, %v", got, err)
		}
	}
	for _, c := range []struct {
		old, text string
		want      bool
	}{{"", "x", false}, {"second", "x", false}, {"first", "third", true}, {"third", "", true}, {"", "again", true}} {
		if got, err := r.Swap(t.Context(), "a", c.old, c.text); got != c.want || err != nil {
			t.Errorf("swap %q for %q: %v, %v", c.old, c.text, got, err)
		}
	}
	for want := uint64(1); want <= 3; want++ {
		if got, err := r.Next(t.Context(), "n/1"); got != want || err != nil {
			t.Errorf("next is %d, %v", got, err)
		}
	}
	for _, list := range []func() (map[string]string, error){
		func() (map[string]string, error) { return r.List(t.Context(), "n/") },
		func() (map[string]string, error) { return r.Recall(t.Context(), "n/") },
	} {
		if got := must(list())(t); len(got) != 1 || got["1"] != "3" {
			t.Errorf("list %v", got)
		}
	}
	if err := r.Delete(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

// TestPresence: what nobody renews goes away, and may come again.
func TestPresence(t *testing.T) {
	r := shared.Cluster().Registry("registry/" + prefix(t))
	p := r.Presence("live/a", time.Second)
	for _, text := range []string{"one", "two"} {
		for begun := time.Now(); ; { // on a busy machine it may be gone before it is looked for
			if err := p.Renew(t.Context(), text); err != nil {
				t.Fatal(err)
			}
			got := must(r.List(t.Context(), "live/"))(t)
			if got["a"] == text {
				break
			}
			if len(got) > 0 || time.Since(begun) > time.Minute {
				t.Fatalf("list %v", got)
			}
		}
	}
	for len(must(r.List(t.Context(), "live/"))(t)) > 0 {
		time.Sleep(50 * time.Millisecond)
	}
	if err := p.Renew(t.Context(), "again"); err != nil {
		t.Fatal(err)
	}
	if err := p.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := must(r.List(t.Context(), "live/"))(t); len(got) != 0 {
		t.Errorf("list %v", got)
	}
}

// TestIdleTrim: a trim at the head takes along what was written beside the log since, and readers at the head go on.
func TestIdleTrim(t *testing.T) {
	l := openAs(t, shared.Client(), Options{})
	r := shared.Cluster().Registry("registry/" + prefix(t))
	for i := range 3 {
		must(l.Append(t.Context(), []byte{byte(i)}))(t)
	}
	reader := must(l.Read(4))(t).(*reader)
	defer reader.Close()
	for range 5 {
		if err := r.Set(t.Context(), "a", "b"); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Trim(3); err != nil {
		t.Fatal(err)
	}
	must(l.Append(t.Context(), []byte{3}))(t)
	if at, block, err := reader.Next(t.Context()); at != 4 || block[0] != 3 || err != nil {
		t.Errorf("read %d %x %v", at, block, err)
	}
	if _, err := l.Read(3); !errors.Is(err, txlog.ErrTrimmed) {
		t.Errorf("got %v", err)
	}
}
