/** What the URL of a collection says: which of its documents, in which order, and how shown. */

import { conditionsIn, whereOf, type Condition } from './filters'
import type { Order } from './plan'

/** The documents that a list begins with or ends before. Cursors are the ids of
 *  documents, which need not be there any more. */
export type Cursor = { at: 'start' } | { at: 'after'; id: string } | { at: 'before'; id: string } | { at: 'end' }

export type View = 'table' | 'list' | 'shape'

export interface Place {
  /** Where all documents begin; it is the start where conditions or an order are given. */
  cursor: Cursor
  view: View
  where: Condition[]
  order?: Order
}

/** Reads the parts of a URL's search; what cannot be is as if it were not there. */
export function placeIn(search: Record<string, unknown>): Place {
  const where = conditionsIn(search['where'])
  const order = orderIn(search['sort'])
  const { view } = search
  return {
    cursor: where.length > 0 || order ? { at: 'start' } : cursorIn(search['page']),
    view: view === 'list' || view === 'shape' ? view : 'table',
    where,
    ...(order ? { order } : {}),
  }
}

function cursorIn(page: unknown): Cursor {
  if (page === 'end') return { at: 'end' }
  const [, at, id] = /^(after|before)-(\d{1,19})$/.exec(String(page)) ?? []
  return at && id ? { at: at as 'after' | 'before', id } : { at: 'start' }
}

/** An index by its name; "-" before it is backwards. Names begin with no "-". */
export function orderIn(sort: unknown): Order | undefined {
  const [, sign, index] = /^(-?)([^-].*)$/.exec(typeof sort === 'string' ? sort : '') ?? []
  return index === undefined ? undefined : { index, backwards: sign === '-' }
}

export const orderOf = ({ index, backwards }: Order): string => (backwards ? `-${index}` : index)

/** The search of a place; what is usual is left out. The cursor is no bare number,
 *  which a router would round. */
export function searchOf({ cursor, view, where, order }: Place): Record<string, unknown> {
  return {
    ...(cursor.at === 'start' ? {} : { page: 'id' in cursor ? `${cursor.at}-${cursor.id}` : cursor.at }),
    ...(view === 'table' ? {} : { view }),
    ...(where.length === 0 ? {} : { where: whereOf(where) }),
    ...(order ? { sort: orderOf(order) } : {}),
  }
}
