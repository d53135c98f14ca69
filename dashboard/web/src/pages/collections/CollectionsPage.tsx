import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight, Layers, Search } from 'lucide-react'
import { useDeferredValue } from 'react'
import { Button } from '../../design/Button'
import { EmptyState, PageHeader } from '../../design/PageHeader'
import { useDatabase, type Database } from '../../layout/database'
import { pathTo, shellWith } from '../../layout/paths'
import { Trail } from '../../layout/Trail'
import { ask } from '../../value/ask'
import { CollectionsTable } from './CollectionsTable'
import { definitionsOf, matching, namesOf } from './definitions'
import { fresh, Reading } from './Reading'
import { definitionsText, listed, namesText } from './texts'
import { isFinal, Trouble } from './Trouble'
import './collections.css'

/** How many collections a page of the list has. */
const perPage = 50

/** The collections of the database. */
export function CollectionsPage() {
  const database = useDatabase()
  const names = useNames(database)
  const broken = names.isError && (names.data === undefined || isFinal(names.error))
  const some = names.data !== undefined && names.data.names.length > 0
  return (
    <div className="page collections-page">
      {broken || !some ? (
        <PageHeader trail={<Trail names={database.names} />} title="Collections" window={['Collections', database.label]} />
      ) : (
        <List key={database.path} database={database} names={names.data.names} more={names.data.more} />
      )}
      {broken && <Trouble error={names.error} what={`the collections of ${nameOf(database)}`} onRetry={() => void names.refetch()} />}
      {!broken && names.data && !some && <NoCollections database={database} />}
    </div>
  )
}

/** What to call the database in a sentence. */
const nameOf = ({ names, label }: Database) => (names.length > 0 ? label : 'the top level')

/** All names in alphabetical order; filter and pages work on them. */
function useNames({ path }: Database) {
  return useQuery({
    queryKey: [path, 'collections'],
    queryFn: async ({ signal }) => namesOf((await ask(path, namesText, signal)).value),
    ...fresh,
  })
}

/** What a page of the list shows of these collections, as of one snapshot. */
function useDefinitions({ path }: Database, names: string[]) {
  return useQuery({
    queryKey: [path, 'definitions', names],
    queryFn: async ({ signal }) => {
      const { value, txn } = await ask(path, definitionsText(names), signal)
      return { definitions: definitionsOf(value), txn }
    },
    placeholderData: keepPreviousData,
    ...fresh,
  })
}

function List({ database, names, more }: { database: Database; names: string[]; more: boolean }) {
  const { filter, page, go } = useListPlace()
  const found = matching(names, useDeferredValue(filter))
  const last = Math.max(0, Math.ceil(found.length / perPage) - 1)
  const here = Math.min(page - 1, last)
  const shown = found.slice(here * perPage, (here + 1) * perPage)
  const reading = useDefinitions(database, shown)
  const total = `${names.length.toLocaleString('en')}${more ? '+' : ''}`
  return (
    <>
      <PageHeader trail={<Trail names={database.names} />} title="Collections" window={['Collections', database.label]} note={total}>
        <Reading at={reading.dataUpdatedAt} txn={reading.data?.txn} busy={reading.isFetching} stale={reading.isError} onRefresh={() => void reading.refetch()} />
        <label className="filter">
          <Search aria-hidden="true" />
          <span className="visually-hidden">Filter by name</span>
          <input
            type="search"
            placeholder="Filter by name"
            spellCheck={false}
            value={filter}
            onChange={(event) => go(event.target.value, 1)}
          />
        </label>
      </PageHeader>
      {found.length === 0 ? (
        <EmptyState icon={<Search />} title="No collection has this in its name" action={<Button onClick={() => go('', 1)}>Show all {total}</Button>} />
      ) : (
        <section className="panel collection-panel" aria-label="Collections" aria-busy={reading.isPlaceholderData}>
          <CollectionsTable key={here} database={database} names={shown} definitions={reading.data?.definitions} />
          {last > 0 && <Steps page={here} last={last} found={found.length} onChange={(next) => go(filter, next + 1)} />}
        </section>
      )}
      {reading.isError && <Trouble error={reading.error} what="the definitions of these collections" onRetry={() => void reading.refetch()} />}
      {more && <p className="collections-note">Only the first {listed.toLocaleString('en')} collections are listed.</p>}
    </>
  )
}

/** What the URL says: the filter and the page, from 1. */
function useListPlace() {
  const search = useSearch({ strict: false }) as { filter?: unknown; page?: unknown }
  const navigate = useNavigate()
  const { names } = useDatabase()
  const filter = String(search.filter ?? '')
  const page = Math.max(1, Math.floor(Number(search.page)) || 1)
  const go = (filter: string, next: number) =>
    void navigate({
      to: pathTo(names, 'collections'),
      search: { ...(filter === '' ? {} : { filter }), ...(next === 1 ? {} : { page: next }) },
      replace: next === page, // a letter more is no step to go back
    })
  return { filter, page, go }
}

function Steps({ page, last, found, onChange }: { page: number; last: number; found: number; onChange: (page: number) => void }) {
  const from = page * perPage + 1
  return (
    <footer className="pager">
      <span className="pager-count">
        {from.toLocaleString('en')} to {Math.min(found, from + perPage - 1).toLocaleString('en')} of {found.toLocaleString('en')}
      </span>
      <nav className="pager-steps" aria-label="Pages">
        <Button icon={<ChevronLeft />} aria-label="Previous page" disabled={page === 0} onClick={() => onChange(page - 1)} />
        <Button icon={<ChevronRight />} aria-label="Next page" disabled={page === last} onClick={() => onChange(page + 1)} />
      </nav>
    </footer>
  )
}

function NoCollections({ database }: { database: Database }) {
  return (
    <EmptyState
      icon={<Layers />}
      title="No collections yet"
      action={
        <Link className="button button-primary" {...shellWith(database.names, 'CreateCollection({name: "customers"})')}>
          Create one in the shell
        </Link>
      }
    >
      Documents live in collections. There are none in {nameOf(database)} so far; the shell opens with the query that creates the first.
    </EmptyState>
  )
}
