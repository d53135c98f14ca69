import { queryOptions } from '@tanstack/react-query'
import { fql, query } from '../api/query'
import { get, refOf, type Value } from '../value/parse'

/** The most names that a list of databases reads at once. */
export const databasesShown = 1000

/** The names of the databases inside the one of that path, at most so many, and whether there
 *  are more. */
export const databasesQuery = (path: string, most = databasesShown) =>
  queryOptions({
    queryKey: ['databases', path, most],
    queryFn: async ({ signal }) => {
      const page = await query(path, fql`Paginate(Databases(), {size: ${most}})`, signal)
      return { names: namesOf(get(page, 'data')), more: get(page, 'after') !== undefined }
    },
  })

function namesOf(data: Value | undefined): string[] {
  return Array.isArray(data) ? data.flatMap((value) => refOf(value)?.id ?? []) : []
}

