import { useParams } from '@tanstack/react-router'
import { useMemo } from 'react'
import { nameIn, namesIn, type Names } from './paths'

/** The database that a page acts in. */
export interface Database {
  /** From the top; none for the secret's own database. */
  names: Names
  /** The names joined by "/", as the server takes it. */
  path: string
  /** What to call it. */
  label: string
}

/** What the secret's own database is called: its name is not known here. */
export const topLabel = 'Top level'

/** The database of the URL. */
export function useDatabase(): Database {
  const { database } = useParams({ strict: false }) as { database?: string }
  return useMemo(() => {
    const names = namesIn(database)
    return { names, path: names.join('/'), label: names.at(-1) ?? topLabel }
  }, [database])
}

/** The collection, and the document's id, of the URL; "" where there is none. */
export function useThing(): { collection: string; id: string } {
  const { collection, document } = useParams({ strict: false }) as { collection?: string; document?: string }
  return { collection: nameIn(collection), id: nameIn(document) }
}
