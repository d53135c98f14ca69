import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ChartBarDecreasing, Code, List, ListFilter, Plus, Table2 } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import { Button } from '../../design/Button'
import { Choice } from '../../design/Choice'
import { PageHeader } from '../../design/PageHeader'
import { useDatabase, useThing, type Database } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { AllDocuments } from './AllDocuments'
import { CollectionsTrail } from './CollectionsTrail'
import { pathsOf } from './columns'
import { FilterBar } from './FilterBar'
import { FoundDocuments } from './FoundDocuments'
import { NewDocument } from './NewDocument'
import { placeIn, searchOf, type Place, type View } from './place'
import { planOf } from './plan'
import { Reading } from './Reading'
import { useAll, useDocuments, useFound, useOffers, useRefresh } from './found'
import { Shape } from './Shape'
import { ShowQuery } from './ShowQuery'
import { pageText } from './texts'
import { StagedTray } from './StagedTray'
import { isFinal, Trouble } from './Trouble'
import './collections.css'

/** A collection: its documents, those of them that fulfil conditions, or their shape. */
export function CollectionPage() {
  const database = useDatabase()
  const { collection } = useThing()
  const search: Record<string, unknown> = useSearch({ strict: false })
  const place = useMemo(() => placeIn(search), [search])
  return place.view === 'shape' ? <ShapePage key={collection} database={database} collection={collection} place={place} /> : <DocumentsPage key={collection} database={database} collection={collection} place={place} isNew={search['new'] !== undefined} />
}

interface Props {
  database: Database
  collection: string
  place: Place
}

function DocumentsPage({ database, collection, place, isNew }: Props & { isNew: boolean }) {
  const to = pathTo(database.names, 'collections', collection)
  const navigate = useNavigate()
  const wanted = place.where.length > 0 || place.order !== undefined
  const [opened, setOpened] = useState(wanted)
  const [queryOpen, setQueryOpen] = useState(false)
  const filtering = opened || wanted
  const offers = useOffers(database, collection, filtering)
  const plan = useMemo(() => (wanted && offers.data ? planOf(collection, place.where, offers.data, place.order) : undefined), [wanted, offers.data, collection, place])
  const all = useAll(database, collection, place, !wanted)
  const found = useFound(database, collection, plan)
  const reading = wanted ? found : all
  const refresh = useRefresh([database.path, wanted ? 'found' : 'collection', collection], reading.data?.pages.length)
  const everything = useMemo(() => all.data?.pages.map(({ page }) => page), [all.data])
  const documents = useDocuments(wanted ? found.data?.pages : everything)
  const fields = useMemo(() => pathsOf(documents.slice(0, 200)), [documents])
  const broken = reading.isError && (reading.data === undefined || isFinal(reading.error))
  return (
    <div className={filtering || isNew ? 'page collection-page collection-page-tall' : 'page collection-page'}>
      <PageHeader trail={<CollectionsTrail names={database.names} />} title={collection} window={[collection, database.label]}>
        <Reading at={reading.dataUpdatedAt} txn={reading.data?.pages.at(-1)?.txn} busy={reading.isFetching} stale={reading.isError} onRefresh={refresh} />
        {!wanted && (
          <Button icon={<Code />} aria-expanded={queryOpen} aria-controls="page-query" onClick={() => setQueryOpen(!queryOpen)}>
            {queryOpen ? 'Hide query' : 'Show query'}
          </Button>
        )}
        <Button icon={<ListFilter />} aria-expanded={filtering} disabled={wanted} onClick={() => setOpened(!opened)}>
          Filter
        </Button>
        <ViewChoice place={place} to={to} />
        {!broken && (
          <Link className="button button-primary" to={to} search={{ ...searchOf(place), new: 1 }}>
            <Plus aria-hidden="true" />
            New document
          </Link>
        )}
      </PageHeader>
      <StagedTray />
      {!broken && isNew && <NewDocument collection={collection} onDone={() => void navigate({ to, search: searchOf(place), replace: true })} />}
      {filtering && offers.data && <FilterBar collection={collection} place={place} offers={offers.data} fields={fields} />}
      {queryOpen && !wanted && <ShowQuery id="page-query" names={database.names} text={pageText(collection, place.cursor)} />}
      {broken && <Broken database={database} collection={collection} error={reading.error} onRetry={refresh} />}
      {!broken && !wanted && <AllDocuments collection={collection} place={place} to={to} all={all} documents={documents} />}
      {!broken && wanted && <FoundDocuments collection={collection} place={place} found={found} documents={documents} />}
      {reading.isError && !broken && <Trouble error={reading.error} what={`further documents of ${collection}`} onRetry={() => void reading.fetchNextPage()} />}
    </div>
  )
}

function ShapePage({ database, collection, place }: Props) {
  return (
    <div className="page collection-page">
      <PageHeader trail={<CollectionsTrail names={database.names} />} title={collection} window={['Shape', collection, database.label]}>
        <ViewChoice place={place} to={pathTo(database.names, 'collections', collection)} />
      </PageHeader>
      <StagedTray />
      <Shape database={database} collection={collection} broken={(error, onRetry) => <Broken database={database} collection={collection} error={error} onRetry={onRetry} />} />
    </div>
  )
}

function ViewChoice({ place, to }: { place: Place; to: string }) {
  const navigate = useNavigate()
  return (
    <Choice<View>
      label="View"
      value={place.view}
      options={[
        { value: 'table', label: <Labelled icon={<Table2 />}>Table</Labelled> },
        { value: 'list', label: <Labelled icon={<List />}>List</Labelled> },
        { value: 'shape', label: <Labelled icon={<ChartBarDecreasing />}>Shape</Labelled> },
      ]}
      onChange={(view) => void navigate({ to, search: searchOf({ ...place, view }), replace: place.view !== 'shape' && view !== 'shape' })}
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
