/** What this browser keeps. Where it may keep nothing, as in some private windows, or
 *  has no room left, this page alone remembers. */

const held = new Map<string, string>()

/** The text that is kept under a key, null when there is none. */
export function recall(key: string): string | null {
  try {
    return held.get(key) ?? localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Keeps a text and reports whether the browser did. */
export function keep(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text)
    held.delete(key)
    return true
  } catch {
    return false
  }
}

/** Keeps a text, at worst as long as this page is open. */
export function remember(key: string, text: string): void {
  if (!keep(key, text)) held.set(key, text)
}

/** Keeps nothing under a key any more. */
export function drop(key: string): void {
  held.delete(key)
  try {
    localStorage.removeItem(key)
  } catch {
    // Nothing was kept.
  }
}
