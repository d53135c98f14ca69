/** The logic of lists of which only the part in sight is drawn. */

/** A drawn row, with the room to leave above it for those that are not, in pixels. */
export interface Placed {
  index: number
  room: number
}

/** Where the rows go one below the other, and the room below the last. `begin` is where the
 *  first row of all begins, `end` where the last one ends. */
export function placed(items: readonly { index: number; start: number; end: number }[], begin: number, end: number): { rows: Placed[]; rest: number } {
  let at = begin
  const rows = items.map(({ index, start, end: below }) => {
    const room = Math.max(0, start - at)
    at = below
    return { index, room }
  })
  return { rows, rest: Math.max(0, end - at) }
}

/** The row that a key leads to, undefined for other keys. `page` is how many rows are in sight. */
export function stepTo(key: string, here: number, count: number, page: number): number | undefined {
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + page, PageUp: here - page, Home: 0, End: count - 1 }[key]
  return to === undefined || count === 0 ? undefined : Math.max(0, Math.min(count - 1, to))
}

/** The indexes to draw: those in sight, and the one that has the focus wherever it is. */
export function drawn(from: number, to: number, more: number, count: number, focused: number): number[] {
  const [first, last] = [Math.max(0, from - more), Math.min(count - 1, to + more)]
  const all = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
  if (focused < 0 || focused >= count || (focused >= first && focused <= last)) return all
  return focused < first ? [focused, ...all] : [...all, focused]
}
