/** The queries that were run, newest first, kept in this browser for each database until
 *  somebody signs out. As in the terminal, a text that begins with a space is not kept. */

import { KeptLists } from './lists'

export interface Entry {
  text: string
  /** When it was run, in milliseconds since 1970, and how long it took. */
  at: number
  took: number
  failed: boolean
}

const most = 200

const lists = new KeptLists('seriatim.history/', (entry): entry is Entry => typeof (entry as Partial<Entry> | null)?.text === 'string')

/** Adds an entry; one with the same text as the newest takes its place. */
export function remember(database: string, entry: Entry): void {
  if (entry.text.trim() === '' || entry.text.startsWith(' ')) return
  const [newest, ...older] = lists.of(database)
  const rest = newest && newest.text !== entry.text ? [newest, ...older] : older
  // A full storage loses the older half rather than the query just run.
  lists.put(database, [entry, ...rest].slice(0, most), (entries) => (entries.length > 1 ? entries.slice(0, entries.length / 2) : undefined))
}

/** Forgets all entries of a database. */
export function forgetAll(database: string): void {
  lists.put(database, [])
}

/** The history of a database, also as other tabs add to it. */
export const useHistory = (database: string): readonly Entry[] => lists.use(database)
