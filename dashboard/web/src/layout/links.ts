import { useCallback } from 'react'
import { useDatabase } from './database'
import { pathTo } from './paths'

/** The kinds of names that a result can refer to. */
export type Kind = 'document' | 'collection' | 'database' | 'index' | 'function' | 'role'

/** Gives the URL, below /ui, of what a result refers to in this database, or
 *  nothing for what has no page. name is the collection's for a document. */
export function useLinks(): (kind: Kind, name: string, id?: string) => string | undefined {
  const { names } = useDatabase()
  return useCallback(
    (kind, name, id) => {
      if (kind === 'document' && id !== undefined) return pathTo(names, 'collections', name, id)
      if (kind === 'collection') return pathTo(names, 'collections', name)
      if (kind === 'database') return pathTo([...names, name])
      return undefined
    },
    [names],
  )
}
