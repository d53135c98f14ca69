import { Link, useNavigate } from '@tanstack/react-router'
import { FileText } from 'lucide-react'
import { useCallback, useEffect } from 'react'
import { EmptyState } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import type { Value } from '../../value/parse'
import { Documents } from './Documents'
import { Pager } from './Pager'
import { searchOf, type Place } from './place'
import type { useAll } from './found'
import { counted, perPage, type Page } from './texts'

interface Props {
  collection: string
  place: Place
  to: string
  all: ReturnType<typeof useAll>
  documents: Value[]
}

/** The documents of a collection in the order of their ids, as far down as one goes. */
export function AllDocuments({ collection, place, to, all, documents }: Props) {
  const database = useDatabase()
  const { data, isPlaceholderData, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = all
  const [first, last] = [data?.pages[0]?.page, data?.pages.at(-1)?.page]
  useFullPage(place, isPlaceholderData ? undefined : first, to)
  const onEnd = useCallback(() => void (hasNextPage && !isFetching && !isFetchNextPageError && fetchNextPage()), [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage])
  if (!first || !last) return null
  if (documents.length === 0) return <NoDocuments collection={collection} />
  return (
    <Documents
      database={database}
      collection={collection}
      documents={documents}
      total={first.count <= counted && place.cursor.at === 'start' ? first.count : -1}
      list={place.view === 'list'}
      moving={isPlaceholderData}
      start={JSON.stringify(place.cursor)}
      onEnd={onEnd}
      foot={(fields) => (
        <Pager to={to} place={place} shown={documents.length} count={last.count} before={first.before} after={last.after}>
          {fields}
        </Pager>
      )}
    />
  )
}

/** Documents come and go between two pages: going back can arrive at the start with
 *  less than a page, going on can arrive behind the end. Then the first or the last
 *  page is shown instead. */
function useFullPage(place: Place, page: Page | undefined, to: string) {
  const navigate = useNavigate()
  const better = page && betterPlace(place, page)
  useEffect(() => {
    if (better) void navigate({ to, search: searchOf(better), replace: true })
  })
}

/** Where else to look; undefined where the page is as it should be. */
export function betterPlace(place: Place, { documents, before }: Page): Place | undefined {
  const { at } = place.cursor
  if (at === 'before' && before === undefined && documents.length < perPage) return { ...place, cursor: { at: 'start' } }
  if (at === 'after' && documents.length === 0) return { ...place, cursor: { at: 'end' } }
  return undefined
}

function NoDocuments({ collection }: { collection: string }) {
  const { names } = useDatabase()
  return (
    <EmptyState
      icon={<FileText />}
      title="No documents"
      action={
        <Link className="button button-primary" to={pathTo(names, 'collections', collection)} search={{ new: 1 }}>
          Create the first
        </Link>
      }
    >
      The collection is empty, or this secret may not read what is in it.
    </EmptyState>
  )
}
