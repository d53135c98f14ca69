/** What the URL of a collection says: which page of its documents and how shown. */

/** The documents that a page begins with or ends before. Cursors are the ids of
 *  documents, which need not be there any more. */
export type Cursor = { at: 'start' } | { at: 'after'; id: string } | { at: 'before'; id: string } | { at: 'end' }

export type View = 'table' | 'list'

export interface Place {
  cursor: Cursor
  /** How many documents a page has at most. */
  size: number
  view: View
}

/** The sizes that are offered; the first is the usual one. */
export const sizes = [50, 25, 100, 250] as const

/** Reads the parts of a URL's search; what cannot be is as if it were not there. */
export function placeIn(search: Record<string, unknown>): Place {
  const size = Number(search['size'])
  return {
    cursor: cursorIn(search['page']),
    size: sizes.find((offered) => offered === size) ?? sizes[0],
    view: search['view'] === 'list' ? 'list' : 'table',
  }
}

function cursorIn(page: unknown): Cursor {
  if (page === 'end') return { at: 'end' }
  const [, at, id] = /^(after|before)-(\d{1,19})$/.exec(String(page)) ?? []
  return at && id ? { at: at as 'after' | 'before', id } : { at: 'start' }
}

/** The search of a place; what is usual is left out. The cursor is no bare number,
 *  which a router would round. */
export function searchOf({ cursor, size, view }: Place): Record<string, string | number> {
  return {
    ...(cursor.at === 'start' ? {} : { page: 'id' in cursor ? `${cursor.at}-${cursor.id}` : cursor.at }),
    ...(size === sizes[0] ? {} : { size }),
    ...(view === 'table' ? {} : { view }),
  }
}
