import { useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { fql, raw } from '../../api/query'
import { useDatabase } from '../../layout/database'
import { get, isArray } from '../../value/access'
import { ask } from '../../value/ask'
import { fqlOf } from '../../value/fql'
import { fresh } from '../collections/Reading'

/** How many documents are read at once. */
const perPage = 1000

/** A page of what a set has. */
export const listText = (set: 'Keys' | 'Tokens', after?: string) =>
  fql`Map(Paginate(${raw(set)}(), {size: ${perPage}${raw(after === undefined ? '' : `, after: ${after}`)}}), Lambda("ref", Get(Var("ref"))))`

/** The documents of a set, page by page. */
export function useList(set: 'Keys' | 'Tokens') {
  const { path } = useDatabase()
  const reading = useInfiniteQuery({
    queryKey: [path, 'list', set],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const { value } = await ask(path, listText(set, pageParam), signal)
      const [data, after] = [get(value, 'data'), get(value, 'after')]
      return { documents: isArray(data) ? [...data] : [], after: after === undefined ? undefined : fqlOf(after) }
    },
    getNextPageParam: ({ after }) => after,
    ...fresh,
  })
  const { data, fetchNextPage } = reading
  const all = useMemo(() => (data?.pages ?? []).flatMap(({ documents }) => documents), [data])
  return {
    all,
    isReady: data !== undefined,
    error: data === undefined ? reading.error : null,
    more: reading.hasNextPage,
    busy: reading.isFetching,
    readOn: useCallback(() => void fetchNextPage(), [fetchNextPage]),
    refetch: () => void reading.refetch(),
  }
}
