/** Looking through a set of documents piece by piece, until enough are found or enough was
 *  looked at. */

import { get, isArray } from '../../value/access'
import { fqlOf } from '../../value/fql'
import { refOf, type Value } from '../../value/parse'
import type { Answer } from '../../value/ask'
import { lookText, type Plan } from './plan'
import { numberOf } from './texts'

/** What one stretch of looking gave. */
export interface Look {
  documents: Value[]
  /** How many documents were looked at. */
  looked: number
  /** FQL of where it goes on; undefined at the end. */
  after: string | undefined
  /** The snapshot of the last piece, in microseconds. */
  txn: number
}

/** How many documents a stretch finds, and how many it looks at for them at most. */
export const enough = 100
export const atMost = 20_000

/** A stretch asks for this many at once: few where all that it looks at is wanted. */
const pieces = { narrow: enough, first: 500, largest: 4000 }

type Ask = (text: string) => Promise<Answer>

/** Looks from a cursor on. A piece that the server finds too much is asked for again in
 *  halves; what fails also one by one is thrown. */
export async function look(ask: Ask, plan: Plan, from: string | undefined, isTooMuch: (thrown: unknown) => boolean): Promise<Look> {
  const found: Look = { documents: [], looked: 0, after: from, txn: 0 }
  let size = plan.narrow ? pieces.narrow : pieces.first
  for (;;) {
    let answer: Answer
    try {
      answer = await ask(lookText(plan, size, found.after === undefined ? '' : `, after: ${found.after}`))
    } catch (thrown) {
      if (size <= 1 || !isTooMuch(thrown)) throw thrown
      size = Math.ceil(size / 4)
      continue
    }
    const { value, txn } = answer
    const data = get(value, 'page', 'data')
    const after = get(value, 'page', 'after')
    found.documents.push(...(isArray(data) ? data : []))
    found.looked += numberOf(get(value, 'looked')) ?? 0
    found.after = after === undefined ? undefined : fqlOf(after)
    found.txn = txn
    if (found.after === undefined || found.documents.length >= enough || found.looked >= atMost) return found
    if (!plan.narrow) size = Math.min(size * 2, pieces.largest, atMost - found.looked)
  }
}

/** Documents without those that were there before: an index has one several times, and it may
 *  move while it is looked for. */
export function once(documents: readonly Value[]): Value[] {
  const seen = new Set<string>()
  return documents.filter((document) => {
    const id = refOf(document)?.id ?? ''
    return !seen.has(id) && seen.add(id)
  })
}
