import { useQuery } from '@tanstack/react-query'
import { useDatabase } from '../../layout/database'
import { ask } from '../../value/ask'
import { namesIn } from './definition'

/** The names of all collections, functions, … of the database: `set` is the function
 *  that lists them. None while they are read, or where that is not allowed. */
export function useNames(set: 'Collections' | 'Functions' | 'Indexes' | 'Roles'): string[] {
  const { path } = useDatabase()
  const names = useQuery({
    queryKey: [path, 'names', set],
    queryFn: async ({ signal }) => namesIn((await ask(path, `Paginate(${set}(), {size: 1000})`, signal)).value),
    staleTime: 10_000,
  })
  return names.data ?? []
}
