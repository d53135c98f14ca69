//go:build unix

package sim_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"seriatim/sim"
)

const (
	// trimming is how long the log may take to be trimmed past nodes that are away.
	trimming = 2 * time.Minute
	// away is longer than a connection outlives a peer that answers nothing.
	away = 12 * time.Second
)

// beyond keeps two nodes away for so long that the log is trimmed past them: a replica,
// which is paused or cut off, and a voter, which is killed. The replica goes on, is told,
// and ends; its supervisor starts it again. Both then take the state of another node.
func beyond(f *fleet, r *rand.Rand) (func() error, []*ship) {
	endGuest, _ := guest(f, r)
	replica, voter := f.joined, f.any(r)
	cut, how := r.IntN(2) == 0, "paused"
	if cut {
		how = "cut off"
		f.network.Isolate(replica.name)
	} else {
		replica.signal(syscall.SIGSTOP)
	}
	begun := time.Now()
	startVoter, alive := f.killed(voter)
	return func() error {
		err := f.outgrow(alive[0], fmt.Sprintf("%s, %s, and %s, killed", replica.name, how, voter.name))
		time.Sleep(time.Until(begun.Add(away)))
		from := [2]int{len(f.log(replica)), len(f.log(voter))}
		if cut {
			err = errors.Join(err, f.healed())
		} else { // what is on its way to it is lost with its connections
			for _, s := range f.nodes {
				f.network.Reset(replica.name, s.name)
			}
			replica.signal(syscall.SIGCONT)
		}
		if err = errors.Join(err, startVoter()); err != nil {
			return errors.Join(err, endGuest())
		}
		if err := f.supervised(replica, f.log(replica)[:from[0]]); err != nil {
			return err
		}
		for i, s := range []*ship{replica, voter} {
			if err := f.serving(s, healing); err != nil {
				return err
			}
			if !strings.Contains(f.log(s)[from[i]:], "the state of another node has arrived") {
				return fmt.Errorf("node %s came back without the state of another one", s.name)
			}
		}
		if _, err := f.writable([]*ship{replica}, healing); err != nil {
			return err
		}
		return endGuest()
	}, alive
}

// outgrow writes until the log begins after what it was when that began.
func (f *fleet) outgrow(via *ship, who string) error {
	status, err := f.status(via)
	if err != nil {
		return err
	}
	past := status.Log.Head
	s := newSession([]string{via.url()}, f.secret, func() int { return 0 })
	defer s.close()
	text := strings.Repeat("much ", 80_000)
	queries := []string{`If(Exists(Collection("ballast")), 0, Do(CreateCollection({name: "ballast"}), 0))`, fmt.Sprintf(`Do(Create(Collection("ballast"), {data: {text: %q}}), 0)`, text)}
	var bodies [2][]byte
	for i, query := range queries {
		if bodies[i], err = compile(query); err != nil {
			return err
		}
	}
	made, written := false, 0
	for begun := time.Now(); time.Since(begun) < trimming; {
		which := 0
		if made {
			which = 1
		}
		a := s.send(context.Background(), bodies[which])
		switch {
		case a.outcome() == sim.Ok:
			made = true
			written += which
		default:
			time.Sleep(100 * time.Millisecond)
		}
		if status, err = f.status(via); err == nil && status.Log.Oldest > past {
			f.t.Logf("%s: the log was trimmed past position %d, to %d, after %d KB and %v", who, past, status.Log.Oldest, written*len(text)>>10, time.Since(begun).Round(time.Second))
			return nil
		}
	}
	return fmt.Errorf("the log was not trimmed past position %d within %v and %d KB: %+v", past, trimming, written*len(text)>>10, status)
}

// supervised waits until a node has ended by itself because the log went on without it, as
// a failure, and starts it again.
func (f *fleet) supervised(s *ship, before string) error {
	if err := s.wait(healing); err != nil {
		return err
	}
	if code := s.process.ProcessState.ExitCode(); code <= 0 {
		return fmt.Errorf("node %s was left behind and ended with status %d", s.name, code)
	}
	said := strings.TrimPrefix(f.log(s), before)
	if !strings.Contains(said, "position trimmed") {
		return fmt.Errorf("node %s ended for another reason:\n%s", s.name, said)
	}
	return f.start(s)
}

// log is all that a node has said.
func (f *fleet) log(s *ship) string {
	text, _ := os.ReadFile(filepath.Join(f.dir, s.name) + ".log")
	return string(text)
}
