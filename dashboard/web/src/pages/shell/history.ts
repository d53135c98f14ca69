/** The queries that were run, newest first, kept in this browser for each
 *  database. As in the terminal, a text that begins with a space is not kept. */

import { useSyncExternalStore } from 'react'
import { keep, recall, remember as hold } from '../../storage'

export interface Entry {
  text: string
  /** When it was run, in milliseconds since 1970, and how long it took. */
  at: number
  took: number
  failed: boolean
}

const most = 200
const keyOf = (database: string) => `seriatim.history/${database}`
const listeners = new Set<() => void>()
const read = new Map<string, { text: string | null; entries: Entry[] }>()

/** Adds an entry; one with the same text as the newest takes its place. */
export function remember(database: string, entry: Entry): void {
  if (entry.text.trim() === '' || entry.text.startsWith(' ')) return
  const [newest, ...older] = entriesOf(database)
  const rest = newest && newest.text !== entry.text ? [newest, ...older] : older
  write(database, [entry, ...rest].slice(0, most))
}

/** Forgets all entries of a database. */
export function forgetAll(database: string): void {
  write(database, [])
}

function write(database: string, entries: Entry[]): void {
  // A full storage loses the older half rather than the query just run.
  let kept = entries
  while (!keep(keyOf(database), JSON.stringify(kept))) {
    if (kept.length <= 1) {
      hold(keyOf(database), JSON.stringify(entries))
      break
    }
    kept = kept.slice(0, kept.length / 2)
  }
  for (const listener of listeners) listener()
}

function entriesOf(database: string): Entry[] {
  const text = recall(keyOf(database))
  const known = read.get(database)
  if (known && known.text === text) return known.entries
  const entries = parse(text)
  read.set(database, { text, entries })
  return entries
}

function parse(text: string | null): Entry[] {
  try {
    const entries: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(entries) ? (entries as Entry[]).filter((e) => typeof e?.text === 'string') : []
  } catch {
    return []
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', listener)
  }
}

/** The history of a database, also as other tabs add to it. */
export function useHistory(database: string): Entry[] {
  return useSyncExternalStore(subscribe, () => entriesOf(database))
}
