/** How documents that fulfil conditions are found: by an index where one has the field, else
 *  by looking at all. */

import { fql, raw } from '../../api/query'
import { isArray } from '../../value/access'
import { fqlOf } from '../../value/fql'
import { Num, Obj, type Value } from '../../value/types'
import { samePath } from './fields'
import { conditionsText, type Condition, type Operator } from './filters'
import { refAt, type Key, type Offer } from './offers'

/** The order of documents: that of an index, or backwards; none is that of their ids. */
export interface Order {
  index: string
  backwards: boolean
}

export interface Plan {
  /** The index that is used, and whether its terms, or a range of its values, narrow. */
  index?: { name: string; by: 'terms' | 'range' | 'order' }
  /** Whether nothing but what the index has is looked at in vain. */
  narrow: boolean
  /** FQL of the set, and of the reference in Var("entry"). */
  set: string
  ref: string
  /** FQL that tells of Var("doc") whether it is wanted. */
  test: string | undefined
}

const ranges: ReadonlySet<Operator> = new Set(['is', 'below', 'to', 'above', 'from'])

/** The way to the documents of a collection. Conditions are tested of every document also
 *  where an index narrows: it has other entries, too, as for the elements of arrays. */
export function planOf(collection: string, conditions: readonly Condition[], offers: readonly Offer[], order?: Order): Plan {
  const test = conditionsText(conditions)
  const ordered = order && offers.find(({ name }) => name === order.index)
  const offer = ordered && fits(ordered, conditions) ? ordered : order ? undefined : best(offers, conditions)
  if (!offer) return { narrow: test === undefined, set: fql`Documents(Collection(${collection}))`, ref: 'Var("entry")', test }
  const covered = offer.terms.map(({ path }) => equal(conditions, path)!)
  const bounds = boundsOf(conditions, offer.values[0])
  const matched = fql`Match(${raw([fql`Index(${offer.name})`, ...termsText(covered)].join(', '))})`
  const ranged = bounds ? `Range(${matched}, ${bounds.from}, ${bounds.to})` : matched
  const taken = covered.length + (bounds?.conditions ?? 0)
  return {
    index: { name: offer.name, by: covered.length > 0 ? 'terms' : bounds ? 'range' : 'order' },
    narrow: taken >= conditions.length,
    set: order?.backwards ? `Reverse(${ranged})` : ranged,
    ref: offer.values.length === 0 || offer.values.length === 1 ? 'Var("entry")' : fql`Select(${refAt(offer)}, Var("entry"))`,
    test,
  }
}

/** The indexes in whose order the documents can be. */
export const orders = (offers: readonly Offer[], conditions: readonly Condition[]): Offer[] => offers.filter((offer) => fits(offer, conditions) && offer.values.length > 0 && !samePath(offer.values[0]!.path, ['ref']))

/** Whether each of its terms is known. */
const fits = ({ terms }: Offer, conditions: readonly Condition[]) => terms.every(({ path }) => equal(conditions, path) !== undefined)

function best(offers: readonly Offer[], conditions: readonly Condition[]): Offer | undefined {
  const worth = (offer: Offer) => (fits(offer, conditions) ? offer.terms.length * 3 + (boundsOf(conditions, offer.values[0])?.conditions ?? 0) : 0)
  const [first] = offers.filter((offer) => worth(offer) > 0).sort((a, b) => worth(b) - worth(a) || a.values.length - b.values.length)
  return first
}

/** The value that a field must have, if it is one that indexes have. */
function equal(conditions: readonly Condition[], path: Key['path']): Condition | undefined {
  return conditions.find((each) => each.operator === 'is' && samePath(each.path, path) && indexed(each.value))
}

const indexed = (value: Value) => value !== null && !isArray(value) && !(value instanceof Obj)

/** Terms as the second argument of Match: one as it is, several as an array. */
function termsText(covered: readonly Condition[]): string[] {
  const texts = covered.map(({ value }) => fqlOf(value))
  return texts.length <= 1 ? texts : [`[${texts.join(', ')}]`]
}

/** The range of an index's first value, inclusive; the test leaves out what is too much. */
function boundsOf(conditions: readonly Condition[], key: Key | undefined): { from: string; to: string; conditions: number } | undefined {
  const about = key ? conditions.filter((each) => ranges.has(each.operator) && samePath(each.path, key.path) && indexed(each.value)) : []
  const low = about.find(({ operator }) => operator === 'above' || operator === 'from' || operator === 'is')
  const high = about.find(({ operator }) => operator === 'below' || operator === 'to' || operator === 'is')
  if (!low && !high) return undefined
  const text = (each: Condition | undefined) => (each ? `[${fqlOf(each.value)}]` : '[]')
  const [from, to] = key!.reverse ? [high, low] : [low, high]
  return { from: text(from), to: text(to), conditions: new Set([low, high].filter(Boolean)).size }
}

/** The query as one would write it: a page of the set, its documents, those that fulfil. */
export function shownText({ set, ref, test }: Plan, size: number, cursor = ''): string {
  const found = fql`Map(
  Paginate(${raw(set)}, {size: ${size}${raw(cursor)}}),
  Lambda("entry", Get(${raw(ref)}))
)`
  return test === undefined ? found : `Filter(
  ${indented(found)},
  Lambda("doc", ${indented(test)})
)`
}

/** The same with the number of documents that were looked at. */
export function lookText({ set, ref, test }: Plan, size: number, cursor = ''): string {
  const page = test === undefined ? 'Var("all")' : `Filter(Var("all"), Lambda("doc", ${indented(test)}))`
  return fql`Let(
  {all: Map(Paginate(${raw(set)}, {size: ${size}${raw(cursor)}}), Lambda("entry", Get(${raw(ref)})))},
  {looked: Count(Select("data", Var("all"))), page: ${raw(page)}}
)`
}

const indented = (text: string) => text.replaceAll('\n', '\n  ')

/** Whether a condition is one on numbers that the terms of an index tell apart: 5 from 5.0. */
export function tellsDoubles({ index }: Plan, conditions: readonly Condition[], offers: readonly Offer[]): boolean {
  const terms = index?.by === 'terms' ? (offers.find(({ name }) => name === index.name)?.terms ?? []) : []
  return terms.some(({ path }) => equal(conditions, path)?.value instanceof Num)
}
