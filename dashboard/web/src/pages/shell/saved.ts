/** Queries that somebody gave a name. This browser keeps them for each database until they
 *  are deleted. */

import { KeptLists } from './lists'

export interface Saved {
  name: string
  text: string
  /** When it was saved, in milliseconds since 1970. */
  at: number
}

const lists = new KeptLists('seriatim.saved/', (entry): entry is Saved => {
  const { name, text } = (entry ?? {}) as Partial<Saved>
  return typeof name === 'string' && name !== '' && typeof text === 'string'
})

/** A name as it is kept: without spaces around it, and not longer than a line. */
export const nameOf = (text: string): string => text.trim().replace(/\s+/g, ' ').slice(0, 100)

/** The saved query of a name. */
export const savedNamed = (database: string, name: string): Saved | undefined => lists.of(database).find((each) => each.name === name)

/** Saves a text under a name, in place of what had it, and reports whether the browser
 *  keeps it; otherwise this page does. */
export function save(database: string, { name, text, at }: Saved): boolean {
  return put(database, [...lists.of(database).filter((each) => each.name !== name), { name, text, at }])
}

/** Gives a saved query another name; false when that is taken. */
export function rename(database: string, from: string, to: string): boolean {
  if (from === to) return true
  if (to === '' || savedNamed(database, to)) return false
  put(database, lists.of(database).map((each) => (each.name === from ? { ...each, name: to } : each)))
  return true
}

/** Deletes a saved query. */
export function remove(database: string, name: string): void {
  put(database, lists.of(database).filter((each) => each.name !== name))
}

/** Deletes all saved queries of a database. */
export const removeAll = (database: string): void => void put(database, [])

const order = new Intl.Collator('en', { numeric: true })

const put = (database: string, entries: readonly Saved[]): boolean => lists.put(database, [...entries].sort((a, b) => order.compare(a.name, b.name)))

/** The saved queries of a database by their names. */
export const savedIn = (database: string): readonly Saved[] => lists.of(database)

/** The same, also as other tabs change them. */
export const useSaved = (database: string): readonly Saved[] => lists.use(database)
