import { useInfiniteQuery, useQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query'
import { useMemo } from 'react'
import { ApiError } from '../../api/http'
import { QueryError } from '../../api/query'
import type { Database } from '../../layout/database'
import { ask, Omitted } from '../../value/ask'
import type { Value } from '../../value/parse'
import { look, once, type Look } from './look'
import { offersOf, offersText } from './offers'
import type { Cursor, Place } from './place'
import type { Plan } from './plan'
import { collectionText, pageOf, type Page } from './texts'

/** Above this many pages a list is not read again by itself. */
const few = 3

const again = { staleTime: 0, refetchOnWindowFocus: (query: { state: { data?: InfiniteData<unknown> | undefined } }) => ((query.state.data?.pages.length ?? 0) > few ? false : ('always' as const)) }

/** All documents of a collection from a cursor on, page by page in the order of their ids. */
export function useAll({ path }: Database, collection: string, { cursor }: Place, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: [path, 'collection', collection, cursor],
    initialPageParam: cursor,
    queryFn: async ({ pageParam, signal }): Promise<{ page: Page; txn: number }> => {
      const { value, txn } = await ask(path, collectionText(collection, pageParam), signal)
      return { page: pageOf(value), txn }
    },
    getNextPageParam: ({ page }): Cursor | undefined => (page.after === undefined ? undefined : { at: 'after', id: page.after }),
    placeholderData: (last, query) => (query?.queryKey[0] === path && query.queryKey[2] === collection ? last : undefined),
    enabled,
    ...again,
  })
}

/** The documents that a plan finds. Each page is a stretch of looking. */
export function useFound({ path }: Database, collection: string, plan: Plan | undefined) {
  return useInfiniteQuery({
    queryKey: [path, 'found', collection, plan],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }): Promise<Look> => look((text) => ask(path, text, signal), plan!, pageParam, isTooMuch),
    getNextPageParam: ({ after }) => after,
    enabled: plan !== undefined,
    placeholderData: (last, query) => (query?.queryKey[0] === path && query.queryKey[2] === collection ? last : undefined),
    ...again,
  })
}

/** Whether less at once might do: what a query may compute, hold, answer and take has limits. */
export function isTooMuch(thrown: unknown): boolean {
  if (thrown instanceof Omitted) return true
  if (thrown instanceof QueryError) return thrown.failure.errors.some(({ code, description }) => code === 'time out' || /too much compute|bytes of memory|larger than \d+ bytes/.test(description))
  return thrown instanceof ApiError && thrown.status === 503
}

/** The indexes over a collection; none where this secret may not read them. */
export function useOffers({ path }: Database, collection: string, enabled: boolean) {
  return useQuery({
    queryKey: [path, 'offers', collection],
    queryFn: async ({ signal }) => {
      try {
        return offersOf((await ask(path, offersText(collection), signal)).value)
      } catch (thrown) {
        if (thrown instanceof QueryError) return []
        throw thrown
      }
    },
    staleTime: 30_000,
    enabled,
  })
}

/** The documents of all pages, each once. */
export const useDocuments = (pages: readonly { documents: Value[] }[] | undefined): Value[] => useMemo(() => once((pages ?? []).flatMap(({ documents }) => documents)), [pages])

/** Reads what is in sight again: a few pages as they are, a long list from its start. */
export function useRefresh(key: readonly unknown[], pages: number | undefined) {
  const client = useQueryClient()
  return () => void ((pages ?? 0) > few ? client.resetQueries({ queryKey: key }) : client.refetchQueries({ queryKey: key }))
}
