/** A sample of the documents of a collection, spread over all of it. */

import { fql, raw } from '../../api/query'
import { get, isArray } from '../../value/access'
import { fqlOf } from '../../value/fql'
import type { Value } from '../../value/parse'
import type { Answer } from '../../value/ask'
import { numberOf } from './texts'

/** How many documents a sample has at most. */
export const sampled = 1000

/** Documents are counted in pages of this size, of which there are so many at most. */
const [pageSize, mostPages] = [100_000, 10]

export interface Sample {
  documents: Value[]
  /** How many documents there are, or were counted. */
  of: number
  /** Whether there are more than were counted: those were not looked at. */
  more: boolean
  /** When the newest change in it was made, in microseconds. */
  txn: number
}

type Ask = (text: string) => Promise<Answer>

/** One page of references, from a cursor on. */
const refsText = (collection: string, after: string | undefined) => fql`Paginate(Documents(Collection(${collection})), {size: ${pageSize}${raw(after === undefined ? '' : `, after: ${after}`)}})`

/** How many references a page has, and where the next begins. */
export const countText = (collection: string, after: string | undefined) => fql`Let(
  {page: ${raw(refsText(collection, after))}},
  {count: Count(Select("data", Var("page"))), after: Select("after", Var("page"), null)}
)`

/** The documents at some places of a page; null for one that is gone. */
export const documentsText = (collection: string, after: string | undefined, places: readonly number[]) => fql`Let(
  {refs: Select("data", ${raw(refsText(collection, after))})},
  Map(${raw(JSON.stringify(places))}, Lambda("place", Let(
    {ref: Select(Var("place"), Var("refs"), null)},
    If(IsNull(Var("ref")), null, Get(Var("ref")))
  )))
)`

/** Takes a sample: one document at random out of each of equally long stretches in the order
 *  of ids, or all where there are few. `chance` gives numbers from 0 to below 1. */
export async function sampleOf(ask: Ask, collection: string, isTooMuch: (thrown: unknown) => boolean, chance: () => number = Math.random): Promise<Sample> {
  const pages: { after: string | undefined; count: number }[] = []
  let after: string | undefined
  let more = false
  for (;;) {
    const { value } = await ask(countText(collection, after))
    pages.push({ after, count: numberOf(get(value, 'count')) ?? 0 })
    const next = get(value, 'after')
    if (next === undefined || next === null) break
    after = fqlOf(next)
    if (pages.length === mostPages) {
      more = true
      break
    }
  }
  const of = pages.reduce((sum, { count }) => sum + count, 0)
  const sample: Sample = { documents: [], of, more, txn: 0 }
  let begin = 0
  const all = places(of, sampled, chance)
  for (const page of pages) {
    const here = all.filter((place) => place >= begin && place < begin + page.count).map((place) => place - begin)
    begin += page.count
    for (const part of inParts(here, 250)) await read(part)

    async function read(part: readonly number[]): Promise<void> {
      try {
        const { value, txn } = await ask(documentsText(collection, page.after, part))
        sample.documents.push(...(isArray(value) ? value : []).filter((document) => document !== null))
        sample.txn = txn
      } catch (thrown) {
        if (part.length <= 1 || !isTooMuch(thrown)) throw thrown
        for (const half of inParts(part, Math.ceil(part.length / 2))) await read(half)
      }
    }
  }
  return sample
}

/** Which of `of` things are taken: one out of each of `size` stretches, or all. */
export function places(of: number, size: number, chance: () => number): number[] {
  if (of <= size) return Array.from({ length: of }, (_, i) => i)
  return Array.from({ length: size }, (_, i) => {
    const [from, to] = [Math.floor((i * of) / size), Math.floor(((i + 1) * of) / size)]
    return from + Math.floor(chance() * (to - from))
  })
}

const inParts = (all: readonly number[], size: number): number[][] => Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))

/** How the sample was taken, in a sentence. */
export function toldSample({ documents, of, more }: Sample): string {
  const count = (n: number) => n.toLocaleString('en')
  if (!more && documents.length >= of) return of === 1 ? 'The only document.' : `All ${count(of)} documents.`
  const each = Math.round(of / sampled)
  const stretch = each > 1 ? `one at random out of each ${count(each)}` : 'spread at random'
  return `${count(documents.length)} of ${more ? `the first ${count(of)}` : count(of)} documents, ${stretch} in the order of their ids.${more ? ' There are more, which were not looked at.' : ''}`
}
