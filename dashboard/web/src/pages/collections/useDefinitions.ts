import { useQueries, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useDeferredValue, useMemo, useState } from 'react'
import { useDatabase } from '../../layout/database'
import { ask } from '../../value/ask'
import { chunk, definitionsOf, definitionsText, matching, namesOf, namesText, type Kind, type Named } from './definitions'
import { fresh } from './Reading'

/** How often what changes by itself is read again, in milliseconds. */
const soon = 2000

/** All definitions of a kind by name, narrowed by the filter in the URL; the rest is read of
 *  those that are in sight. */
export function useDefinitions<T>(kind: Kind<T>) {
  const { path } = useDatabase()
  const { filter, setFilter } = useFilter()
  const names = useQuery({
    queryKey: [path, 'all', kind.set],
    queryFn: async ({ signal }) => {
      const { value, txn } = await ask(path, namesText(kind), signal)
      return { ...namesOf(value, kind.about?.told), txn }
    },
    ...fresh,
  })
  const all = names.data?.names ?? none
  const wanted = useDeferredValue(filter)
  const found = useMemo(() => matching(all, wanted), [all, wanted])
  const [[first, last], setShown] = useState([0, 0])
  const onShown = useCallback((from: number, to: number) => setShown((now) => (now[0] === from && now[1] === to ? now : [from, to])), [])
  const parts = chunksOf(found, first, last)
  const reading = useQueries({
    queries: parts.map((part) => ({
      queryKey: [path, 'definitions', kind.set, part],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const { value, txn } = await ask(path, definitionsText(kind, part), signal)
        return { definitions: definitionsOf(part, value, kind.read), txn }
      },
      refetchInterval: ({ state }: { state: { data?: { definitions: Map<string, T | null> } | undefined } }) =>
        kind.moving && [...(state.data?.definitions.values() ?? [])].some((each) => each !== null && kind.moving!(each)) ? soon : (false as const),
      ...fresh,
    })),
  })
  const newest = reading.reduce((most, { data }) => Math.max(most, data?.txn ?? 0), names.data?.txn ?? 0)
  const failed = reading.find(({ isError }) => isError)
  return {
    names,
    total: all.length,
    more: names.data?.more ?? false,
    filter,
    setFilter,
    found,
    onShown,
    /** What is told of one; undefined while it is not read, null when it is gone. */
    at: (name: string): T | null | undefined => {
      for (const { data } of reading) if (data?.definitions.has(name)) return data.definitions.get(name)
      return undefined
    },
    txn: newest || undefined,
    readAt: Math.max(names.dataUpdatedAt, ...reading.map(({ dataUpdatedAt }) => dataUpdatedAt)),
    busy: names.isFetching || reading.some(({ isFetching }) => isFetching),
    failed,
    refresh: () => {
      void names.refetch()
      for (const each of reading) void each.refetch()
    },
  }
}

const none: readonly Named[] = []

/** The names of the chunks that hold some of the rows. */
export function chunksOf(found: readonly Named[], first: number, last: number): string[][] {
  if (found.length === 0) return []
  // A filter makes lists shorter before it is known what is in sight.
  const end = found.length - 1
  const [from, to] = [Math.floor(Math.min(first, end) / chunk), Math.floor(Math.min(Math.max(first, last), end) / chunk)]
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => found.slice((from + i) * chunk, (from + i + 1) * chunk).map(({ name }) => name))
}

/** The member filter of the URL. A letter more is no step to go back. */
export function useFilter() {
  const search: { filter?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const filter = String(search.filter ?? '')
  const setFilter = (text: string) =>
    void navigate({ to: '.', search: (now: Record<string, unknown>) => ({ ...now, filter: text === '' ? undefined : text }), replace: true })
  return { filter, setFilter }
}
