package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

func member(ts *testscript.TestScript, neg bool, args []string) {
	var at any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &at))
	for step := range strings.SplitSeq(args[1], ".") {
		switch held := at.(type) {
		case map[string]any:
			at = held[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(held) {
				ts.Fatalf("%s has no %s", args[0], args[1])
			}
			at = held[i]
		}
	}
	text, ok := at.(string)
	if !ok {
		ts.Fatalf("%s of %s is no text: %v", args[1], args[0], at)
	}
	ts.Setenv(args[2], text)
}

func postGraph(ts *testscript.TestScript, neg bool, args []string) {
	query := os.Expand(ts.ReadFile(args[1]), func(name string) string {
		if value := ts.Getenv(name); value != "" {
			return value
		}
		return "$" + name // a variable of the query
	})
	body, err := json.Marshal(map[string]string{"query": query})
	ts.Check(err)
	r, err := http.NewRequest(http.MethodPost, ts.Getenv("SERIATIM_NODE_URL"), bytes.NewReader(body))
	ts.Check(err)
	r.Header.Set("Authorization", ts.Getenv("SERIATIM_NODE_KEY"))
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if strconv.Itoa(resp.StatusCode) != args[0] {
		ts.Fatalf("status %d, want %s\n%s", resp.StatusCode, args[0], answer)
	}
	ts.Check(os.WriteFile(ts.MkAbs("body"), append(answer, '\n'), 0o644))
}
