package transfer_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"seriatim/client"
	"seriatim/transfer"
)

// importUntilKilled is the process that TestKilled kills: it imports, tells each batch, and
// waits for whoever listens.
func importUntilKilled(path string) {
	c, err := client.New(os.Getenv("TRANSFER_URL"), "secret", client.Options{})
	if err == nil {
		_, err = transfer.Import(context.Background(), transfer.Options{Path: path, Client: c, BatchRows: 10, Resume: true, Rejects: path + ".rejects",
			Progress: func(p transfer.Progress) { fmt.Println(p.Rows) }})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// TestKilled kills the process of an import again and again, after a few batches each time,
// until one gets through: every row is there once.
func TestKilled(t *testing.T) {
	s, dir := start(t), t.TempDir()
	path := filepath.Join(dir, "c.jsonl")
	if err := os.WriteFile(path, []byte(someRows("without ids", "c", 1000)), 0o644); err != nil {
		t.Fatal(err)
	}
	kills := 0
	for ; ; kills++ {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "TRANSFER_IMPORT="+path, "TRANSFER_URL="+s.url)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			if n == 20+kills*5 {
				_ = cmd.Process.Kill()
			}
		}
		err = cmd.Wait()
		if err == nil {
			break
		}
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.ExitCode() == 1 || kills > 50 {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills", kills)
	checkRows(t, s, "c")
	checkRejects(t, path+".rejects")
	if kills == 0 {
		t.Skip("the import was over before this process came to killing it")
	}
}
