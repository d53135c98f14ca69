import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Code, FileText, Plus, List, Table2 } from 'lucide-react'
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { Button } from '../../design/Button'
import { Choice } from '../../design/Choice'
import { EmptyState, PageHeader } from '../../design/PageHeader'
import { useDatabase, useThing, type Database } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { ask } from '../../value/ask'
import { CollectionsTrail } from './CollectionsTrail'
import { columnsAtFirst, columnsOf } from './columns'
import { DocumentList } from './DocumentList'
import { DocumentTable } from './DocumentTable'
import { NewDocument } from './NewDocument'
import { Pager } from './Pager'
import { placeIn, searchOf, type Place, type View } from './place'
import { fresh, Reading } from './Reading'
import { ShowQuery } from './ShowQuery'
import { collectionText, pageOf, pageText, type Page } from './texts'
import { StagedTray } from './StagedTray'
import { isFinal, Trouble } from './Trouble'
import './collections.css'

/** The documents of a collection, a page at a time. */
export function CollectionPage() {
  const database = useDatabase()
  const { collection } = useThing()
  const search: Record<string, unknown> = useSearch({ strict: false })
  const place = placeIn(search)
  const reading = usePage(database, collection, place)
  const [queryOpen, setQueryOpen] = useState(false)
  const to = pathTo(database.names, 'collections', collection)
  const navigate = useNavigate()
  useFullPage(place, reading.isPlaceholderData ? undefined : reading.data?.page, to)
  const broken = reading.isError && (reading.data === undefined || isFinal(reading.error))
  return (
    <div className="page collection-page">
      <PageHeader trail={<CollectionsTrail names={database.names} />} title={collection} window={[collection, database.label]}>
        <Reading at={reading.dataUpdatedAt} txn={reading.data?.txn} busy={reading.isFetching} stale={reading.isError} onRefresh={() => void reading.refetch()} />
        <Button icon={<Code />} aria-expanded={queryOpen} aria-controls="page-query" onClick={() => setQueryOpen(!queryOpen)}>
          {queryOpen ? 'Hide query' : 'Show query'}
        </Button>
        {!broken && <ViewChoice view={place.view} onChange={(view) => void navigate({ to, search: searchOf({ ...place, view }), replace: true })} />}
        {!broken && (
          <Link className="button button-primary" to={to} search={{ ...searchOf(place), new: 1 }}>
            <Plus aria-hidden="true" />
            New document
          </Link>
        )}
      </PageHeader>
      <StagedTray />
      {!broken && search.new !== undefined && <NewDocument collection={collection} onDone={() => void navigate({ to, search: searchOf(place), replace: true })} />}
      {queryOpen && <ShowQuery id="page-query" names={database.names} text={pageText(collection, place)} />}
      {broken ? (
        <Broken database={database} collection={collection} error={reading.error} onRetry={() => void reading.refetch()} />
      ) : (
        reading.data && <Documents database={database} collection={collection} place={place} page={reading.data.page} to={to} moving={reading.isPlaceholderData} />
      )}
    </div>
  )
}

function ViewChoice({ view, onChange }: { view: View; onChange: (view: View) => void }) {
  return (
    <Choice
      label="View"
      value={view}
      options={[
        { value: 'table', label: <Labelled icon={<Table2 />}>Table</Labelled> },
        { value: 'list', label: <Labelled icon={<List />}>List</Labelled> },
      ]}
      onChange={onChange}
    />
  )
}

function Labelled({ icon, children }: { icon: ReactNode; children: string }) {
  return (
    <>
      {icon}
      <span>{children}</span>
    </>
  )
}

/** The page of a place; while another page of the same collection is read the last
 *  one stays in sight. */
function usePage({ path }: Database, collection: string, place: Place) {
  const { view: _, ...read } = place
  return useQuery({
    queryKey: [path, 'collection', collection, read],
    queryFn: async ({ signal }) => {
      const { value, txn } = await ask(path, collectionText(collection, place), signal)
      return { page: pageOf(value), txn }
    },
    placeholderData: (last, query) => (query?.queryKey[0] === path && query.queryKey[2] === collection ? last : undefined),
    ...fresh,
  })
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

function betterPlace(place: Place, { documents, before }: Page): Place | undefined {
  const { at } = place.cursor
  if (at === 'before' && before === undefined && documents.length < place.size) return { ...place, cursor: { at: 'start' } }
  if (at === 'after' && documents.length === 0) return { ...place, cursor: { at: 'end' } }
  return undefined
}

interface DocumentsProps {
  database: Database
  collection: string
  place: Place
  page: Page
  to: string
  moving: boolean
}

function Documents({ database, collection, place, page, to, moving }: DocumentsProps) {
  const columns = useMemo(() => columnsOf(page.documents), [page.documents])
  const [all, setAll] = useState(false)
  if (page.documents.length === 0) return <NoDocuments database={database} collection={collection} />
  const table = place.view === 'table'
  const shown = all ? columns : columns.slice(0, columnsAtFirst)
  return (
    <section className="panel collection-panel" aria-busy={moving} aria-label={`Documents of ${collection}`}>
      <div className="collection-scroll" key={`${place.view} ${JSON.stringify(place.cursor)}`}>
        {table ? (
          <DocumentTable names={database.names} collection={collection} documents={page.documents} columns={shown} />
        ) : (
          <DocumentList place={database} collection={collection} documents={page.documents} />
        )}
      </div>
      <Pager to={to} place={place} page={page}>
        {table && shown.length < columns.length && (
          <Button kind="quiet" className="pager-fields" onClick={() => setAll(true)}>
            {shown.length} of {columns.length} fields. Show all
          </Button>
        )}
      </Pager>
    </section>
  )
}

function NoDocuments({ database, collection }: { database: Database; collection: string }) {
  return (
    <EmptyState
      icon={<FileText />}
      title="No documents"
      action={
        <Link className="button button-primary" to={pathTo(database.names, 'collections', collection)} search={{ new: 1 }}>
          Create the first
        </Link>
      }
    >
      The collection is empty, or this secret may not read what is in it.
    </EmptyState>
  )
}

function Broken({ database, collection, error, onRetry }: { database: Database; collection: string; error: unknown; onRetry: () => void }) {
  const all = (
    <Link className="button button-plain" to={pathTo(database.names, 'collections')}>
      All collections
    </Link>
  )
  const missing = {
    title: `There is no collection ${collection}`,
    text: `It may have been deleted or renamed.`,
  }
  return <Trouble error={error} what={`the documents of ${collection}`} missing={missing} action={all} onRetry={onRetry} />
}
