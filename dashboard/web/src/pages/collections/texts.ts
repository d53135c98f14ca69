/** The FQL of the pages. */

import { fql, raw } from '../../api/query'
import { get, isArray } from '../../value/access'
import { refOf, type Value } from '../../value/parse'
import { Num } from '../../value/types'
import type { Cursor } from './place'

/** Documents are counted up to this many. */
export const counted = 1000

/** How many documents are read at once. */
export const perPage = 100

/** The page of documents at a cursor. */
export function pageText(collection: string, cursor: Cursor): string {
  return fql`Map(
  Paginate(Documents(Collection(${collection})), {size: ${perPage}${raw(cursorText(collection, cursor))}}),
  Lambda("ref", Get(Var("ref")))
)`
}

function cursorText(collection: string, cursor: Cursor): string {
  switch (cursor.at) {
    case 'start':
      return ''
    case 'end':
      return ', before: null'
    default:
      return fql`, ${raw(cursor.at)}: [Ref(Collection(${collection}), ${cursor.id})]`
  }
}

/** The page and the number of documents in one transaction, so that they agree. */
export function collectionText(collection: string, cursor: Cursor): string {
  return fql`{
  page: ${raw(pageText(collection, cursor))},
  count: ${raw(countText(fql`Collection(${collection})`))}
}`
}

/** FQL of the number of documents of a collection, at most counted + 1. */
export const countText = (collection: string) => fql`Count(Select("data", Paginate(Documents(${raw(collection)}), {size: ${counted + 1}})))`

/** The reference to a document. */
export const documentRef = (collection: string, id: string) => fql`Ref(Collection(${collection}), ${id})`

/** A document as it was at an instant in microseconds, or as it is. */
export function documentText(ref: string, micros?: number): string {
  return micros === undefined ? `Get(${ref})` : `At(${micros}, Get(${ref}))`
}

/** One page of documents. */
export interface Page {
  documents: Value[]
  /** The number of documents of the collection, at most counted + 1. */
  count: number
  /** The first document of the next page, none at the end. */
  after: string | undefined
  /** The first document of this page, none at the start. */
  before: string | undefined
}

/** What the query of collectionText gave. */
export function pageOf(value: Value): Page {
  const data = get(value, 'page', 'data')
  return {
    documents: isArray(data) ? [...data] : [],
    count: numberOf(get(value, 'count')) ?? 0,
    after: refOf(get(value, 'page', 'after', 0))?.id,
    before: refOf(get(value, 'page', 'before', 0))?.id,
  }
}

/** The number, undefined for anything else. Digits beyond 2^53 are lost. */
export function numberOf(value: Value | undefined): number | undefined {
  return value instanceof Num ? Number(value.text) : undefined
}

/** 6 documents, 1,000+ documents */
export function countOf(count: number): string {
  return count > counted ? `${counted.toLocaleString('en')}+` : count.toLocaleString('en')
}
