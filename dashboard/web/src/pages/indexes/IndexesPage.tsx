import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ListTree, Plus, Search } from 'lucide-react'
import { EmptyState, PageHeader } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo, type Names } from '../../layout/paths'
import { Trail } from '../../layout/Trail'
import { get, isArray } from '../../value/access'
import { ask } from '../../value/ask'
import { Reading, fresh } from '../collections/Reading'
import { useRows } from '../collections/rows'
import { Trouble } from '../collections/Trouble'
import { indexesText, indexOf, type IndexDefinition } from './definition'
import { NewIndex } from './NewIndex'
import { State } from './State'
import '../collections/collections.css'
import '../collections/fql-field.css'

/** The indexes of the database. */
export function IndexesPage() {
  const database = useDatabase()
  const search: { new?: unknown; filter?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const to = pathTo(database.names, 'indexes')
  const indexes = useQuery({
    queryKey: [database.path, 'indexes'],
    queryFn: async ({ signal }) => {
      const { value, txn } = await ask(database.path, indexesText, signal)
      const data = get(value, 'data')
      return { list: (isArray(data) ? data : []).map(indexOf), txn, more: get(value, 'after') !== undefined }
    },
    ...fresh,
    // A build goes on by itself.
    refetchInterval: ({ state }) => (state.data?.list.some((each) => !each.active) ? 2000 : false),
  })
  const list = indexes.data?.list ?? []
  const filter = String(search.filter ?? '')
  const shown = list.filter((each) => `${each.name} ${each.sources.join(' ')}`.toLowerCase().includes(filter.toLowerCase()))
  const create = (
    <Link className="button button-primary" to={to} search={{ new: 1 }}>
      <Plus aria-hidden="true" />
      New index
    </Link>
  )
  return (
    <div className="page">
      <PageHeader trail={<Trail names={database.names} />} title="Indexes" window={['Indexes', database.label]} note={list.length > 0 ? `${list.length.toLocaleString('en')}${indexes.data?.more ? '+' : ''}` : undefined}>
        <Reading at={indexes.dataUpdatedAt} txn={indexes.data?.txn} busy={indexes.isFetching} stale={indexes.isError} onRefresh={() => void indexes.refetch()} />
        {list.length > 0 && (
          <label className="filter">
            <Search aria-hidden="true" />
            <span className="visually-hidden">Filter by name or source</span>
            <input type="search" placeholder="Filter by name or source" value={filter} spellCheck={false} onChange={(event) => void navigate({ to, search: event.target.value === '' ? {} : { filter: event.target.value }, replace: true })} />
          </label>
        )}
        {list.length > 0 && create}
      </PageHeader>
      {search.new !== undefined && <NewIndex onDone={() => void navigate({ to })} />}
      {indexes.isError && <Trouble error={indexes.error} what="the indexes" onRetry={() => void indexes.refetch()} />}
      {indexes.data && list.length === 0 && (
        <EmptyState icon={<ListTree />} title="No indexes yet" action={search.new === undefined && create}>
          An index finds documents by the values of their fields, keeps them sorted, and can keep a value unique. You choose a collection and the fields.
        </EmptyState>
      )}
      {list.length > 0 && shown.length === 0 && <EmptyState icon={<Search />} title="No index has this in its name or source" />}
      {shown.length > 0 && <Table names={database.names} list={shown} />}
    </div>
  )
}

function Table({ names, list }: { names: Names; list: IndexDefinition[] }) {
  const rows = useRows()
  return (
    <section className="panel" aria-label="Indexes">
      <div className="collection-scroll">
        <table className="rows rows-wide">
          <caption className="visually-hidden">Indexes. Arrow keys move between rows, Enter opens one.</caption>
          <thead>
            <tr>
              <th scope="col" className="rows-pinned">
                Name
              </th>
              <th scope="col">Source</th>
              <th scope="col">Terms</th>
              <th scope="col">Values</th>
              <th scope="col">Kind</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody {...rows}>
            {list.map((index, i) => (
              <tr key={index.name}>
                <th scope="row" className="rows-pinned">
                  <Link className="rows-opener" data-opener="" to={pathTo(names, 'indexes', index.name)} tabIndex={i === 0 ? 0 : -1} preload={false}>
                    {index.name}
                  </Link>
                </th>
                <td>{index.sources.join(', ')}</td>
                <td>{index.terms.join(', ') || <span className="rows-faint">none</span>}</td>
                <td>{index.values.join(', ') || <span className="rows-faint">ref</span>}</td>
                <td>{kindOf(index)}</td>
                <td>
                  <State index={index} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** unique, serialized */
export const kindOf = ({ unique, serialized }: IndexDefinition) => [unique ? 'unique' : '', serialized ? 'serialized' : ''].filter(Boolean).join(', ')
