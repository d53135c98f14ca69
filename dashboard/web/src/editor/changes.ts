import type { ChangeDesc, ChangeSpec } from '@codemirror/state'

/** The one change that makes `after` of `before`, as short as what both begin and end
 *  with allows; null when they are the same. */
export function changeBetween(before: string, after: string): (ChangeSpec & { from: number; to: number; insert: string }) | null {
  if (before === after) return null
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++
  let end = 0
  while (end < shorter - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end++
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) }
}

/** Where a range is after edits, which may have taken some or all of it away. `length`
 *  is that of the text now. */
export function placeNow(from: number, to: number, length: number, since?: ChangeDesc | null): { from: number; to: number } {
  const mapped = (at: number, side: number) => Math.min(since && at <= since.length ? since.mapPos(at, side) : at, length)
  const start = mapped(from, 1)
  return { from: start, to: Math.max(start, mapped(to, -1)) }
}

/** Tells the text of a property that comes back to the editor from one that is new:
 *  a parent may be some keystrokes behind. */
export class Echo {
  #told: string[] = []

  /** The editor told `text` to its parent. */
  tell(text: string) {
    this.#told.push(text)
    if (this.#told.length > 32) this.#told.shift()
  }

  /** Whether `text` is one that was told, and so nothing new. */
  is(text: string): boolean {
    const i = this.#told.lastIndexOf(text)
    this.#told = i < 0 ? [] : this.#told.slice(i + 1)
    return i >= 0
  }
}
