/** Which indexes are being built, here and in the databases inside. */

import { queryOptions, type QueryClient } from '@tanstack/react-query'
import { fql, query } from '../../api/query'
import { databasesQuery } from '../../layout/databases'
import type { Names } from '../../layout/paths'
import { isArray, get } from '../../value/access'
import { Num } from '../../value/types'
import { indexOf, unfinishedText, type IndexDefinition } from '../indexes/definition'

/** The build of an index that is under way or has failed. */
export interface Job {
  names: Names
  index: IndexDefinition
  failed: boolean
}

/** The most databases that are looked at. */
export const looked = 200

export interface Jobs {
  jobs: Job[]
  databases: number
  /** Whether there are databases that were not looked at. */
  more: boolean
}

/** The jobs of the database of those names and all inside. */
export const jobsQuery = (client: QueryClient, names: Names) =>
  queryOptions({
    queryKey: ['jobs', names.join('/')],
    refetchInterval: 2_000,
    queryFn: async ({ signal }): Promise<Jobs> => {
      const found: Jobs = { jobs: [], databases: 0, more: false }
      const queue: Names[] = [names]
      for (let next; (next = queue.shift()); ) {
        if (found.databases++ >= looked) return { ...found, databases: looked, more: true }
        const path = next.join('/')
        found.jobs.push(...unfinished(next, definitions(await query(path, unfinishedText, signal))))
        // A secret that is no admin's has only its own database.
        const inside = await client.fetchQuery({ ...databasesQuery(path), staleTime: 10_000 }).catch(() => undefined)
        queue.push(...(inside?.names ?? []).map((name) => [...next, name]))
      }
      return found
    },
  })

/** How many documents a collection has, read once: it is what a build has to do. */
export const totalQuery = (names: Names, collection = '') =>
  queryOptions({
    queryKey: ['jobs-total', names.join('/'), collection],
    staleTime: 600_000,
    queryFn: async ({ signal }) => {
      const count = await query(names.join('/'), fql`Count(Documents(Collection(${collection})))`, signal)
      return count instanceof Num ? Number(count.text) : 0
    },
  })

const definitions = (page: Awaited<ReturnType<typeof query>>): IndexDefinition[] => {
  const data = get(page, 'data')
  return isArray(data) ? data.map(indexOf) : []
}

/** Those indexes that are not complete; the ones that failed first. */
export function unfinished(names: Names, indexes: readonly IndexDefinition[]): Job[] {
  return indexes
    .filter((index) => !index.active)
    .map((index) => ({ names, index, failed: index.build?.startsWith('failed') ?? false }))
    .sort((a, b) => Number(b.failed) - Number(a.failed))
}
