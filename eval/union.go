package eval

// unionWalk yields what any stream has, once. The streams that stand at an
// element form a heap, so that many of them cost little.
type unionWalk struct {
	mergeWalk
	heap []*stream
	used []*stream // those that stand at the element yielded last
	// parks closes the walks of streams that wait, when there are very many.
	parks bool
}

// manyStreams is how many walks a union keeps open at once.
const manyStreams = 256

func (w *unionWalk) next() (*element, *fault) {
	if !w.started {
		w.started = true
		w.used = append(w.used, w.streams...)
	}
	for _, s := range w.used {
		if f := w.refill(s); f != nil {
			return nil, f
		}
	}
	w.used = w.used[:0]
	if len(w.heap) == 0 {
		return nil, nil
	}
	for {
		w.used = append(w.used, w.pop())
		if len(w.heap) == 0 || w.order(w.heap[0].head, w.used[0].head) != 0 {
			return w.c.joined(&w.element, w.used), nil
		}
	}
}

// refill advances a stream and puts it back on the heap unless it has ended.
func (w *unionWalk) refill(s *stream) *fault {
	if w.parks && s.head != nil {
		if f := s.reopen(s.span.past(s.head)); f != nil {
			return w.place(f, s)
		}
	}
	if f := w.advance(s); f != nil {
		return f
	}
	if w.parks {
		s.in.close()
		s.in = emptyWalk{}
	}
	if s.head != nil {
		w.push(s)
	}
	return nil
}

func (w *unionWalk) less(i, j int) bool {
	o := w.order(w.heap[i].head, w.heap[j].head)
	return o < 0 || o == 0 && w.heap[i].index < w.heap[j].index
}

func (w *unionWalk) push(s *stream) {
	w.heap = append(w.heap, s)
	for i := len(w.heap) - 1; i > 0; {
		up := (i - 1) / 2
		if !w.less(i, up) {
			return
		}
		w.heap[i], w.heap[up] = w.heap[up], w.heap[i]
		i = up
	}
}

func (w *unionWalk) pop() *stream {
	top := w.heap[0]
	last := len(w.heap) - 1
	w.heap[0] = w.heap[last]
	w.heap = w.heap[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if w.less(child, least) {
				least = child
			}
		}
		if least == i {
			return top
		}
		w.heap[i], w.heap[least] = w.heap[least], w.heap[i]
		i = least
	}
}
