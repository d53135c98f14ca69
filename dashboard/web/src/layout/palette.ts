/** What the command palette offers, and which of it a text means. */

import type { Names, Page } from './paths'
import { pathTo } from './paths'

export type Kind = 'Page' | 'Collection' | 'Index' | 'Function' | 'Database' | 'Saved query' | 'Docs'

/** One thing to go to. */
export interface Entry {
  kind: Kind
  label: string
  to: string
  /** What the address holds beside it. */
  search?: { saved: string }
}

const pages: [string, Page][] = [
  ['Home', ''], ['Shell', 'shell'], ['Collections', 'collections'], ['Indexes', 'indexes'], ['Functions', 'functions'], ['Security', 'security'], ['Unis', 'unis'],
  ['GraphQL', 'graphql'], ['Ledger', 'ledger'], ['Databases', 'databases'], ['Jobs', 'jobs'], ['Metrics', 'metrics'], ['Cluster', 'cluster'], ['Documentation', 'docs'],
]

/** The pages of a database. */
export const pageEntries = (names: Names): Entry[] => pages.map(([label, page]) => ({ kind: 'Page', label, to: pathTo(names, page) }))

/** What a text means, the likeliest first: the beginning of a label before the beginning
 *  of a word in it, that before any part, that before letters in their order. Without a
 *  text it is the pages and what the database has. */
export function meant(entries: readonly Entry[], text: string, most = 50): Entry[] {
  const part = text.trim().toLowerCase()
  if (part === '') return entries.filter((e) => e.kind !== 'Docs').slice(0, most)
  return entries
    .map((entry, i) => ({ entry, i, rank: rankOf(entry.label.toLowerCase(), part) + (entry.kind === 'Docs' ? 0.5 : 0) }))
    .filter(({ rank }) => rank < 5)
    .sort((a, b) => a.rank - b.rank || a.entry.label.length - b.entry.label.length || a.i - b.i)
    .slice(0, most)
    .map(({ entry }) => entry)
}

function rankOf(label: string, part: string): number {
  if (label === part) return 0
  if (label.startsWith(part)) return 1
  const at = label.indexOf(part)
  if (at > 0) return /[\s_.:-]/.test(label[at - 1]!) ? 2 : 3
  return inOrder(label, part) ? 4 : 5
}

/** Whether a label has the letters of a text in their order, near enough together. */
function inOrder(label: string, part: string): boolean {
  let at = -1
  let first = -1
  for (const letter of part) {
    at = label.indexOf(letter, at + 1)
    if (at < 0) return false
    if (first < 0) first = at
  }
  return part.length > 1 && at - first < 2 * part.length + 2
}
