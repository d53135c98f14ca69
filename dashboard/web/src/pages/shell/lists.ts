/** Lists that this browser keeps, one for each database. */

import { useSyncExternalStore } from 'react'
import { keep, recall, remember } from '../../storage'

/** Lists of one kind. `valid` tells an entry from what else may stand in the storage. */
export class KeptLists<T> {
  #listeners = new Set<() => void>()
  #read = new Map<string, { text: string | null; entries: readonly T[] }>()

  constructor(
    private readonly prefix: string,
    private readonly valid: (entry: unknown) => entry is T,
  ) {}

  /** The list of a database; the same array until it is another list. */
  of(database: string): readonly T[] {
    const text = recall(this.prefix + database)
    const known = this.#read.get(database)
    if (known && known.text === text) return known.entries
    const entries = this.#parsed(text)
    this.#read.set(database, { text, entries })
    return entries
  }

  /** Keeps a list and reports whether the browser did; otherwise this page does. Without
   *  room, `fewer` gives a shorter list to try, until it gives none. */
  put(database: string, entries: readonly T[], fewer?: (entries: readonly T[]) => readonly T[] | undefined): boolean {
    const key = this.prefix + database
    let tried: readonly T[] | undefined = entries
    while (tried && !keep(key, JSON.stringify(tried))) tried = fewer?.(tried)
    if (!tried) remember(key, JSON.stringify(entries))
    for (const listener of this.#listeners) listener()
    return tried !== undefined
  }

  /** The list of a database, also as other tabs change it. */
  use(database: string): readonly T[] {
    return useSyncExternalStore(this.#subscribe, () => this.of(database))
  }

  #subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    window.addEventListener('storage', listener)
    return () => {
      this.#listeners.delete(listener)
      window.removeEventListener('storage', listener)
    }
  }

  #parsed(text: string | null): readonly T[] {
    try {
      const entries: unknown = JSON.parse(text ?? '[]')
      return Array.isArray(entries) ? entries.filter(this.valid) : []
    } catch {
      return []
    }
  }
}
