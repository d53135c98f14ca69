import { useCallback } from 'react'
import type { LinkFor } from '../editor/Highlighted'
import { useDatabase } from './database'
import { pathTo } from './paths'

/** Gives the URL, below /ui, of what a result refers to in the database of the
 *  URL, or nothing for what has no page. */
export function useLinks(): LinkFor {
  const { names } = useDatabase()
  return useCallback<LinkFor>(
    (kind, name, id) => {
      if (kind === 'document' && id !== undefined) return pathTo(names, 'collections', name, id)
      if (kind === 'collection') return pathTo(names, 'collections', name)
      if (kind === 'index') return pathTo(names, 'indexes', name)
      if (kind === 'function') return pathTo(names, 'functions', name)
      if (kind === 'role') return pathTo(names, 'security', name)
      if (kind === 'database') return pathTo([...names, name])
      return undefined
    },
    [names],
  )
}
