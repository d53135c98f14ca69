package seriatim_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"seriatim"
)

// TestOperates: only an admin of the root database operates the server, not one of a
// child database and nobody who gave up the role.
func TestOperates(t *testing.T) {
	db, err := seriatim.Open(seriatim.Options{Dir: t.TempDir(), RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	create := func(authorization, query string) (secret string) {
		resp := db.Query(t.Context(), &seriatim.Request{Authorization: authorization, Body: []byte(query)})
		var answer struct{ Resource struct{ Secret string } }
		if err := json.Unmarshal(resp.Body, &answer); err != nil || resp.Status >= 300 {
			t.Fatalf("%s: %d %s", query, resp.Status, resp.Body)
		}
		return answer.Resource.Secret
	}
	const root = "Bearer secret"
	create(root, `{"create_database":{"object":{"name":"child"}}}`)
	admin := create(root, `{"create_key":{"object":{"role":"admin"}}}`)
	server := create(root, `{"create_key":{"object":{"role":"server"}}}`)
	child := create(root, `{"create_key":{"object":{"role":"admin","database":{"database":"child"}}}}`)
	for authorization, want := range map[string]bool{
		"":                               false,
		"Bearer wrong":                   false,
		"Basic c2VjcmV0Og==":             true,
		root:                             true,
		root + ":admin":                  true,
		root + ":server":                 false,
		root + ":child:admin":            false,
		"Bearer " + admin:                true,
		"Bearer " + admin + ":admin":     true,
		"Bearer " + admin + ":client":    false,
		"Bearer " + admin + ":no:admin":  false,
		"Bearer " + server:               false,
		"Bearer " + child:                false,
		"Bearer " + child + ":admin":     false,
		"Bearer " + child + ":@role/any": false,
	} {
		got, err := db.Operates(t.Context(), authorization)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", authorization, got, err, want)
		}
	}
}

// TestOperatesHere: an operator's key that was deleted on one node opens nothing on a node
// that has not heard of it yet, unless the log cannot be asked.
func TestOperatesHere(t *testing.T) {
	common := commonLog(t)
	there := opened(t, onLog(common, t.TempDir(), 1))
	o := onLog(common, t.TempDir(), 2)
	behind := &sharedLog{Log: common}
	quiet := &mute{sharedLog: behind}
	o.Shared.Log = quiet
	here := opened(t, o)
	var key struct{ Resource struct{ Secret string } }
	resp := there.Query(t.Context(), &seriatim.Request{Authorization: admin, Body: []byte(`{"create_key":{"object":{"role":"admin"}}}`)})
	if err := json.Unmarshal(resp.Body, &key); err != nil || resp.Status >= 300 {
		t.Fatalf("%d %s", resp.Status, resp.Body)
	}
	bearer := "Bearer " + key.Resource.Secret
	if ok, err := here.Operates(t.Context(), bearer); !ok || err != nil {
		t.Fatalf("%t, %v", ok, err)
	}
	release := behind.hold()
	defer release()
	run(t, there, `Map(Select("data", Paginate(Keys())), Lambda("k", Delete(Var("k"))))`)
	quiet.silent.Store(true)
	if ok, err := here.Operates(t.Context(), bearer); !ok || err != nil {
		t.Errorf("without a majority: %t, %v", ok, err)
	}
	quiet.silent.Store(false)
	waits := func() bool { // a silent log is asked again only now and then
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := here.Operates(ctx, bearer)
		return err != nil
	}
	for begun := time.Now(); !waits(); time.Sleep(time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Fatal("the log is back, and nobody asked it")
		}
	}
	release()
	for begun := time.Now(); ; time.Sleep(time.Millisecond) { // what looked like waiting may have been a busy machine
		ok, err := here.Operates(t.Context(), bearer)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		if time.Since(begun) > time.Minute {
			t.Fatal("a key that is no more operates")
		}
	}
}
