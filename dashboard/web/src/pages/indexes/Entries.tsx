import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { ChevronFirst, ChevronLeft, ChevronRight, Search } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { Button } from '../../design/Button'
import { EmptyState } from '../../design/PageHeader'
import { Rows } from '../../design/Rows'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { ask } from '../../value/ask'
import { Cell } from '../../value/Cell'
import type { Value } from '../../value/parse'
import { fresh } from '../collections/Reading'
import { ShowQuery } from '../collections/ShowQuery'
import { Trouble, codeOf } from '../collections/Trouble'
import { browseIn, entriesOf, entriesText, wireOf, type Browse, type IndexDefinition } from './definition'
import { Terms } from './Terms'

/** What an index has, for some terms where it has any, as far down as one goes. */
export function Entries({ index }: { index: IndexDefinition }) {
  const { path, names } = useDatabase()
  const navigate = useNavigate()
  const browse = browseIn(useSearch({ strict: false }))
  const to = pathTo(names, 'indexes', index.name)
  const go = (next: Partial<Browse>) => void navigate({ to, search: Object.fromEntries(Object.entries(next).filter(([, part]) => part !== undefined)) })
  const asked = index.terms.length === 0 || browse.terms !== undefined
  const text = entriesText(index.name, browse)
  const entries = useInfiniteQuery({
    queryKey: [path, 'entries', text],
    initialPageParam: browse,
    queryFn: async ({ pageParam, signal }) => {
      const { value, json } = await ask(path, entriesText(index.name, pageParam), signal)
      return { rows: entriesOf(value), before: wireOf(json, 'before'), after: wireOf(json, 'after') }
    },
    getNextPageParam: ({ after }): Browse | undefined => (after === undefined ? undefined : { terms: browse.terms, after, before: undefined }),
    enabled: asked,
    ...fresh,
    refetchOnWindowFocus: false,
  })
  const { data, isError, error, refetch, hasNextPage, isFetching, fetchNextPage } = entries
  const rows = useMemo(() => (data?.pages ?? []).flatMap((page) => page.rows), [data])
  const onEnd = useCallback(() => void (hasNextPage && !isFetching && !isError && fetchNextPage()), [hasNextPage, isFetching, isError, fetchNextPage])
  const [first, last] = [data?.pages[0], data?.pages.at(-1)]
  return (
    <>
      {index.terms.length > 0 && <Terms index={index} browse={browse} onShow={(terms) => go({ terms })} />}
      {asked && <ShowQuery id="entries-query" names={names} text={text} />}
      {!asked && (
        <EmptyState icon={<Search />} title={`Which ${index.terms.join(' and ')}?`}>
          The index is searched by its terms. Write a value for each above, as FQL, and see what it has for them.
        </EmptyState>
      )}
      {asked && isError && <Trouble error={error} what={codeOf(error) === 'permission denied' ? `what the index ${index.name} has` : 'the entries'} onRetry={() => void refetch()} />}
      {first && last && rows.length === 0 && <EmptyState icon={<Search />} title="Nothing there">No document has these terms, or this secret may not read those that do.</EmptyState>}
      {first && last && rows.length > 0 && (
        <section className="panel" aria-label="Entries" aria-busy={isFetching}>
          <Table key={text} index={index} rows={rows} more={hasNextPage} onEnd={onEnd} />
          <footer className="pager">
            <span className="pager-count">{rows.length === 1 ? '1 entry' : `${rows.length.toLocaleString('en')}${hasNextPage ? '+' : ''} entries`}</span>
            <nav className="pager-steps" aria-label="Pages">
              <Button icon={<ChevronFirst />} aria-label="First page" disabled={first.before === undefined} onClick={() => go({ terms: browse.terms })} />
              <Button icon={<ChevronLeft />} aria-label="Previous page" disabled={first.before === undefined} onClick={() => go({ terms: browse.terms, before: first.before })} />
              <Button icon={<ChevronRight />} aria-label="Next page" disabled={last.after === undefined} onClick={() => go({ terms: browse.terms, after: last.after })} />
            </nav>
          </footer>
        </section>
      )}
    </>
  )
}

function Table({ index, rows, more, onEnd }: { index: IndexDefinition; rows: Value[][]; more: boolean; onEnd: () => void }) {
  const { names } = useDatabase()
  const heads = index.values.length > 0 ? index.values : ['ref']
  return (
    <Rows
      label={`Entries of ${index.name}. Arrow keys move between rows and inside them.`}
      className="rows-still"
      head={
        <>
          {heads.map((head, i) => (
            <th key={i} scope="col">
              {head}
            </th>
          ))}
          <th className="rows-rest" aria-hidden="true" />
        </>
      }
      columns={heads.length + 1}
      count={rows.length}
      total={more ? -1 : rows.length}
      keyOf={String}
      onEnd={onEnd}
      steady
      row={(at, tabIndex) => (
        <>
          {rows[at]!.map((value, k) => (
            <td key={k}>
              <div className="rows-cell" {...(k === 0 ? { 'data-opener': '', tabIndex } : {})}>
                <Cell value={value} names={names} />
              </div>
            </td>
          ))}
          <td className="rows-rest" />
        </>
      )}
    />
  )
}
