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

/** The keys under which pages keep texts by themselves: what is being written, and what
 *  ran. Signing out forgets them; what somebody gave a name stays. */
const passing = ['seriatim.draft/', 'seriatim.history/', 'seriatim.graphql/']

/** Forgets what nobody asked to keep. */
export function dropPassing(): void {
  for (const key of [...held.keys(), ...stored()]) if (passing.some((beginning) => key.startsWith(beginning))) drop(key)
}

function stored(): string[] {
  try {
    return Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i) ?? '')
  } catch {
    return []
  }
}
