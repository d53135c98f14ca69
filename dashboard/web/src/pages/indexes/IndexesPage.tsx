import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ListTree, Plus } from 'lucide-react'
import { EmptyState, PageHeader } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { Trail } from '../../layout/Trail'
import { DefinitionActions, DefinitionTable, totalTold, type DefinitionColumn } from '../collections/DefinitionTable'
import { Trouble } from '../collections/Trouble'
import { useDefinitions } from '../collections/useDefinitions'
import { indexes, type IndexDefinition } from './definition'
import { NewIndex } from './NewIndex'
import { State } from './State'
import '../collections/collections.css'
import '../collections/fql-field.css'

/** The indexes of the database. */
export function IndexesPage() {
  const database = useDatabase()
  const search: { new?: unknown; source?: unknown; terms?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const to = pathTo(database.names, 'indexes')
  const definitions = useDefinitions(indexes)
  const { names, total } = definitions
  const create = (
    <Link className="button button-primary" to={to} search={{ new: 1 }}>
      <Plus aria-hidden="true" />
      New index
    </Link>
  )
  return (
    <div className="page">
      <PageHeader trail={<Trail names={database.names} />} title="Indexes" window={['Indexes', database.label]} note={totalTold(definitions)}>
        <DefinitionActions definitions={definitions} filterLabel="Filter by name or source" />
        {total > 0 && create}
      </PageHeader>
      {search.new !== undefined && <NewIndex key={`${String(search.source)} ${String(search.terms)}`} source={textIn(search.source)} terms={textIn(search.terms)} onDone={() => void navigate({ to })} />}
      {names.isError && <Trouble error={names.error} what="the indexes" onRetry={() => void names.refetch()} />}
      {names.data && total === 0 && (
        <EmptyState icon={<ListTree />} title="No indexes yet" action={search.new === undefined && create}>
          An index finds documents by the values of their fields, keeps them sorted, and can keep a value unique. You choose a collection and the fields.
        </EmptyState>
      )}
      {total > 0 && <DefinitionTable what="Indexes" definitions={definitions} columns={columns} to={(name) => pathTo(database.names, 'indexes', name)} />}
    </div>
  )
}

const textIn = (part: unknown): string => (typeof part === 'string' ? part : '')

const columns: DefinitionColumn<IndexDefinition>[] = [
  { head: 'Source', cell: ({ sources }) => <div className="rows-cell">{sources.join(', ')}</div> },
  { head: 'Terms', cell: ({ terms }) => <div className="rows-cell">{terms.join(', ') || <span className="rows-faint">none</span>}</div> },
  { head: 'Values', cell: ({ values }) => <div className="rows-cell">{values.join(', ') || <span className="rows-faint">ref</span>}</div> },
  { head: 'Kind', cell: (index) => kindOf(index) },
  { head: 'State', cell: (index) => <State index={index} /> },
]

/** unique, serialized */
export const kindOf = ({ unique, serialized }: IndexDefinition) => [unique ? 'unique' : '', serialized ? 'serialized' : ''].filter(Boolean).join(', ')
