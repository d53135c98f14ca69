package bench

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Cost is what a load took of the machine. Fields are zero where /proc does not
// tell them.
type Cost struct {
	// ServerMicros and ClientMicros are CPU time per successful answer.
	ServerMicros float64 `json:"server_cpu_us_per_tx,omitempty"`
	ClientMicros float64 `json:"client_cpu_us_per_tx,omitempty"`
	// OtherCores is how many cores were busy with neither.
	OtherCores float64 `json:"other_cores,omitempty"`
	// Memory is the server's in bytes: the peak resident set of a single process;
	// for several, which share pages, the sum of their proportional shares at the end.
	Memory int64 `json:"memory_bytes,omitempty"`
}

// tick is the unit of CPU time in /proc: it is 100 a second on every Linux that Go
// runs on.
const tick = 10 * time.Millisecond

// snapshot is what had been used up to one moment.
type snapshot struct {
	server, client, machine time.Duration
	memory                  int64
	known                   bool // the server's processes could be read
}

type costs struct{ before, after snapshot }

func sample(roots []int) snapshot {
	s := snapshot{machine: machineCPU()}
	s.client, _ = processCPU(os.Getpid())
	processes := withDescendants(roots)
	s.known = len(processes) > 0
	for _, pid := range processes {
		cpu, ok := processCPU(pid)
		s.server += cpu
		s.known = s.known && ok
	}
	s.memory = memoryOf(processes)
	return s
}

func (c costs) per(done int64, d time.Duration) Cost {
	out := Cost{Memory: c.after.memory}
	if done == 0 || c.before.machine == 0 {
		return out
	}
	client, server := c.after.client-c.before.client, c.after.server-c.before.server
	out.ClientMicros = float64(client.Microseconds()) / float64(done)
	if c.before.known && c.after.known {
		out.ServerMicros = float64(server.Microseconds()) / float64(done)
		other := c.after.machine - c.before.machine - client - server
		out.OtherCores = max(0, other.Seconds()/d.Seconds())
	}
	return out
}

// processCPU returns the user and system time of a process and of its children
// that have ended.
func processCPU(pid int) (time.Duration, bool) {
	fields, ok := statFields(pid)
	if !ok || len(fields) < 15 {
		return 0, false
	}
	ticks := 0
	for _, f := range fields[11:15] {
		ticks += number(f)
	}
	return time.Duration(ticks) * tick, true
}

// statFields returns the fields of /proc/PID/stat after the name, which may hold
// anything: the state is first.
func statFields(pid int) ([][]byte, bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return nil, false
	}
	return bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:]), true
}

// withDescendants returns the processes and all that came from them.
func withDescendants(roots []int) []int {
	if len(roots) == 0 {
		return nil
	}
	children := map[int][]int{}
	names, _ := filepath.Glob("/proc/[0-9]*")
	for _, name := range names {
		pid := number([]byte(filepath.Base(name)))
		if fields, ok := statFields(pid); ok && len(fields) > 1 {
			parent := number(fields[1])
			children[parent] = append(children[parent], pid)
		}
	}
	all := append([]int(nil), roots...)
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return all
}

// machineCPU returns the time that all cores were busy.
func machineCPU() time.Duration {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	fields := bytes.Fields(line)
	ticks := 0
	for i, f := range fields {
		if i == 1 || i == 2 || i == 3 || i == 6 || i == 7 { // user, nice, system, irq, softirq
			ticks += number(f)
		}
	}
	return time.Duration(ticks) * tick
}

func memoryOf(processes []int) int64 {
	if len(processes) == 1 {
		return field(processes[0], "status", "VmHWM:")
	}
	var sum int64
	for _, pid := range processes {
		sum += field(pid, "smaps_rollup", "Pss:")
	}
	return sum
}

// field reads a line "name n kB" of a file of a process, in bytes.
func field(pid int, file, name string) int64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/" + file)
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte(name)); ok {
			return int64(number(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte("kB"))))) << 10
		}
	}
	return 0
}
