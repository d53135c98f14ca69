/** What the indexes over a collection offer to whoever looks for documents. */

import { fql } from '../../api/query'
import { get, isArray } from '../../value/access'
import { stringOf, type Value } from '../../value/parse'
import { Num } from '../../value/types'
import { samePath, type Path } from './fields'

/** A term or value of an index; no path for what is computed. */
export interface Key {
  path: Path | undefined
  reverse: boolean
}

/** An index from which documents can be had. */
export interface Offer {
  name: string
  terms: Key[]
  values: Key[]
}

/** The most indexes of a database that are looked through. */
const most = 10_000

/** The complete indexes over one collection. */
export const offersText = (collection: string) => fql`Select("data", Filter(
  Map(Paginate(Indexes(), {size: ${most}}), Lambda("ref", Get(Var("ref")))),
  Lambda("index", And(
    Equals(Select("source", Var("index"), null), Collection(${collection})),
    Equals(Select("active", Var("index"), false), true)
  ))
))`

/** What the query of offersText gave: those whose entries lead to documents. */
export function offersOf(value: Value): Offer[] {
  return (isArray(value) ? value : []).map((index) => ({ name: stringOf(get(index, 'name')) ?? '', terms: keysOf(get(index, 'terms')), values: keysOf(get(index, 'values')) })).filter((offer) => offer.values.length === 0 || refAt(offer) >= 0)
}

/** Which of the values is the document's reference; -1 for none. */
export const refAt = ({ values }: Offer): number => values.findIndex(({ path }) => samePath(path, ['ref']))

function keysOf(list: Value | undefined): Key[] {
  if (list === undefined || list === null) return []
  return (isArray(list) ? list : [list]).map((each) => ({ path: fieldOf(get(each, 'field')), reverse: get(each, 'reverse') === true }))
}

function fieldOf(field: Value | undefined): Path | undefined {
  const steps = typeof field === 'string' ? [field] : isArray(field) ? field : undefined
  const path = steps?.map((each) => (each instanceof Num ? Number(each.text) : each))
  return path?.every((each): each is string | number => typeof each === 'string' || typeof each === 'number') ? path : undefined
}
