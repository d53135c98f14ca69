import { SearchX } from 'lucide-react'
import { useCallback } from 'react'
import { Button } from '../../design/Button'
import { EmptyState } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import type { Value } from '../../value/parse'
import { Documents } from './Documents'
import { enough } from './look'
import type { Place } from './place'
import type { useFound } from './found'

interface Props {
  collection: string
  place: Place
  found: ReturnType<typeof useFound>
  documents: Value[]
}

/** The documents that fulfil the conditions, how far was looked for them, and the way on. */
export function FoundDocuments({ collection, place, found, documents }: Props) {
  const database = useDatabase()
  const { data, isPlaceholderData, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = found
  const last = data?.pages.at(-1)
  // Where a stretch ended with less than it wanted, somebody must want the next.
  const goesOn = hasNextPage && !isFetchNextPageError && (last?.documents.length ?? 0) >= enough
  const onEnd = useCallback(() => void (goesOn && !isFetching && fetchNextPage()), [goesOn, isFetching, fetchNextPage])
  if (!data) return <p className="collections-note" role="status">Looking for documents…</p>
  const looked = data.pages.reduce((sum, page) => sum + page.looked, 0)
  const told = toldOf(documents.length, looked, hasNextPage)
  const further = hasNextPage && (
    <Button disabled={isFetching} onClick={() => void fetchNextPage()}>
      {isFetching ? 'Looking…' : 'Look further'}
    </Button>
  )
  if (documents.length === 0)
    return (
      <EmptyState icon={<SearchX />} title={hasNextPage ? 'None so far' : 'No document is like this'} action={further}>
        {told}
      </EmptyState>
    )
  return (
    <Documents
      database={database}
      collection={collection}
      documents={documents}
      total={hasNextPage ? -1 : documents.length}
      list={place.view === 'list'}
      moving={isPlaceholderData}
      start={JSON.stringify([place.where, place.order])}
      onEnd={onEnd}
      foot={(fields) => (
        <footer className="pager">
          <span className="pager-count" role="status">
            {told}
            {fields}
          </span>
          {further}
        </footer>
      )}
    />
  )
}

/** 12 found. 20,000 documents were looked at; there are more. */
export function toldOf(found: number, looked: number, more: boolean): string {
  const count = (n: number) => n.toLocaleString('en')
  const seen = `${count(looked)} ${looked === 1 ? 'document was' : 'documents were'} looked at`
  return `${found === 0 ? 'None' : count(found)} found. ${seen}${more ? '; there are more.' : ', which are all.'}`
}
