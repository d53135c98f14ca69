package eval

// unionWalk yields what any operand covers, as often as the one that has it most
// often. The streams form a heap, so that many of them cost little.
type unionWalk struct {
	mergeWalk
	heap []*stream
	used []*stream // those that gave the last group
}

func (w *unionWalk) next() (*element, *fault) {
	for {
		if e := w.yield(); e != nil {
			return e, nil
		}
		more, f := w.gather()
		if f != nil || !more {
			return nil, f
		}
		most := 0
		for i := range w.runs {
			a, b := &w.runs[i], &w.runs[most]
			if len(a.elements) > len(b.elements) || len(a.elements) == len(b.elements) && a.stream.place < b.stream.place {
				most = i
			}
		}
		w.take(&w.runs[most])
	}
}

// gather collects the runs of the next group.
func (w *unionWalk) gather() (bool, *fault) {
	if !w.started {
		w.started = true
		w.used = append(w.used, w.streams...)
	}
	for _, s := range w.used {
		if f := s.fresh(); f != nil {
			return false, w.place(f, s.place)
		}
		if s.head != nil {
			w.push(s)
		}
	}
	w.used, w.runs = w.used[:0], w.runs[:0]
	for len(w.heap) > 0 && (len(w.runs) == 0 || w.order(w.heap[0].head, &w.runs[0].elements[0]) == 0) {
		s := w.pop()
		w.used = append(w.used, s)
		if f := w.collect(s); f != nil {
			return false, f
		}
	}
	return len(w.runs) > 0, nil
}

func (w *unionWalk) push(s *stream) { w.heap = pushStream(w.heap, s, w.order) }

func (w *unionWalk) pop() (top *stream) {
	top, w.heap = popStream(w.heap, w.order)
	return top
}

// pushStream adds a stream to a heap ordered by the heads.
func pushStream(heap []*stream, s *stream, order func(a, b *element) int) []*stream {
	heap = append(heap, s)
	for i := len(heap) - 1; i > 0; {
		up := (i - 1) / 2
		if order(heap[i].head, heap[up].head) >= 0 {
			break
		}
		heap[i], heap[up] = heap[up], heap[i]
		i = up
	}
	return heap
}

// popStream removes the stream whose head comes first.
func popStream(heap []*stream, order func(a, b *element) int) (*stream, []*stream) {
	top, last := heap[0], len(heap)-1
	heap[0] = heap[last]
	heap = heap[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if order(heap[child].head, heap[least].head) < 0 {
				least = child
			}
		}
		if least == i {
			return top, heap
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}
