package replica

// generation counts written keys, so that how far behind a snapshot may be is
// decided by the log alone. There are two generations: the current one began
// after timestamp start, the older one after floor. When the current one has
// counted half the window it becomes the older one. Everything newer than floor
// can be asked; an entry whose snapshot is older than floor is a conflict.
type generation struct {
	window int64 // W, in written keys; fixed when the store is made
	floor  int64
	start  int64
	count  int64
}

// add counts the keys that the entry at ts wrote and reports whether a new
// generation begins after it.
func (g *generation) add(keys int, ts int64) (turned bool) {
	g.count += int64(keys)
	if g.count < g.window/2 {
		return false
	}
	g.floor, g.start, g.count = g.start, ts, 0
	return true
}
