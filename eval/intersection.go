package eval

// intersectionWalk yields what all operands cover, as often as the one that has it
// least often.
type intersectionWalk struct{ mergeWalk }

func (w *intersectionWalk) next() (*element, *fault) {
	for {
		if e := w.yield(); e != nil {
			return e, nil
		}
		met, f := w.meet()
		if f != nil || !met {
			return nil, f
		}
		w.runs = w.runs[:0]
		for _, s := range w.streams {
			if f := w.collect(s); f != nil {
				return nil, f
			}
		}
		least := 0
		for i := range w.runs {
			if len(w.runs[i].elements) < len(w.runs[least].elements) {
				least = i
			}
		}
		w.take(&w.runs[least])
	}
}

// meet moves the streams on until all stand at the same; false when one ends.
func (w *intersectionWalk) meet() (bool, *fault) {
	for _, s := range w.streams {
		if f := s.fresh(); f != nil {
			return false, w.place(f, s.place)
		}
		if s.head == nil {
			return false, nil
		}
	}
	for target, agreed := w.streams[0], 1; agreed < len(w.streams); {
		next, f := w.chase(target, &agreed)
		if f != nil || next == nil {
			return false, f
		}
		target = next
	}
	return true, nil
}

// chase moves the other streams to where target stands. It returns the stream
// that went past it, which is the next target, and nil when one ended.
func (w *intersectionWalk) chase(target *stream, agreed *int) (*stream, *fault) {
	*agreed = 1
	for _, s := range w.streams {
		if s == target {
			continue
		}
		if f := s.seek(target.head, w.order); f != nil {
			return nil, w.place(f, s.place)
		}
		switch {
		case s.head == nil:
			return nil, nil
		case w.order(s.head, target.head) > 0:
			return s, nil
		}
		*agreed++
	}
	return target, nil
}

// differenceWalk yields what the first operand covers and no other.
type differenceWalk struct{ mergeWalk }

func (w *differenceWalk) next() (*element, *fault) {
	first, others := w.streams[0], w.streams[1:]
	for {
		if f := first.advance(); f != nil {
			return nil, w.place(f, first.place)
		}
		if first.head == nil {
			return nil, nil
		}
		if !w.span.holds(first.head, w.shape) {
			continue
		}
		taken := false
		for _, s := range others {
			if f := s.seek(first.head, w.order); f != nil {
				return nil, w.place(f, s.place)
			}
			taken = taken || s.head != nil && w.order(s.head, first.head) == 0
		}
		if !taken {
			return first.head, nil
		}
	}
}
