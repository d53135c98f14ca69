package catalog

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/txn"
)

// jobs advances all jobs, each in transactions of its own, and prints what they are
// then:
//
//	jobs [budget=VERSIONS] [steps=N]    N steps of each, 1 unless given
//	jobs limit=VERSIONS                 sets what an index is filled from at once
func (r *rig) jobs(d *datadriven.TestData) string {
	if d.HasArg("limit") {
		d.ScanArgs(&testing.T{}, "limit", &r.options.MaxBuild)
		return "ok\n"
	}
	budget, steps := 1000, 1
	d.MaybeScanArgs(&testing.T{}, "budget", &budget)
	d.MaybeScanArgs(&testing.T{}, "steps", &steps)
	var out strings.Builder
	for range steps {
		for _, j := range r.listJobs() {
			if err := r.advance(j, budget); err != nil {
				fmt.Fprintf(&out, "failed: %s\n", describe(err))
			}
		}
	}
	for _, j := range r.listJobs() {
		fmt.Fprintf(&out, "database %d index %d: %d documents, %d versions", j.Database, j.Index, j.Documents, j.Versions)
		if j.Failure != "" {
			fmt.Fprintf(&out, "; %s", j.Failure)
		}
		out.WriteByte('\n')
	}
	if out.Len() == 0 {
		return "none\n"
	}
	return out.String()
}

func (r *rig) listJobs() []*Job {
	tx := r.begin(0)
	defer tx.Close()
	jobs, err := Jobs(tx)
	if err != nil {
		panic(err)
	}
	return jobs
}

// advance does one step of a job, or notes that it failed.
func (r *rig) advance(j *Job, budget int) error {
	tx := r.begin(0)
	defer tx.Close()
	err := Advance(tx, j.Database, j.Index, r.options, budget)
	if err == nil {
		if p := tx.Proposal(); p != nil && r.store.apply(p) == 0 {
			return errors.New("conflict")
		}
		return nil
	}
	fail := r.begin(0)
	defer fail.Close()
	if err := FailJob(fail, j.Database, j.Index, err); err != nil {
		return err
	}
	r.store.apply(fail.Proposal())
	return err
}

// jobTx is a step of a job under way.
type jobTx struct {
	tx  *txn.Tx
	job *Job
}

// beginJob begins a step of some job, to be committed after a transaction that knows
// nothing of it.
func (m *model) beginJob() {
	jobs := m.rig.listJobs()
	if len(jobs) == 0 {
		return
	}
	j := jobs[m.rand.Intn(len(jobs))]
	tx := m.rig.begin(0)
	if err := Advance(tx, j.Database, j.Index, m.rig.options, 1+m.rand.Intn(4)); err != nil {
		panic(err)
	}
	m.job = &jobTx{tx, j}
}

// endJob commits the step, which may conflict, and now and then takes another.
func (m *model) endJob() error {
	if m.job == nil {
		return nil
	}
	p := m.job.tx.Proposal()
	m.job.tx.Close()
	ts := m.rig.store.apply(p)
	m.log = append(m.log, fmt.Sprintf("step of %d: %d", m.job.job.Index, ts))
	m.job = nil
	if m.rand.Intn(2) == 0 {
		for _, j := range m.rig.listJobs() {
			if err := m.rig.advance(j, 1+m.rand.Intn(4)); err != nil {
				return err
			}
		}
	}
	return m.checkAfter()
}
