import { Link } from '@tanstack/react-router'
import { Layers } from 'lucide-react'
import { EmptyState, PageHeader } from '../../design/PageHeader'
import { useDatabase, type Database } from '../../layout/database'
import { pathTo, shellWith } from '../../layout/paths'
import { Trail } from '../../layout/Trail'
import { collections, type CollectionDefinition } from './definitions'
import { DefinitionActions, DefinitionTable, totalTold, type DefinitionColumn } from './DefinitionTable'
import { When } from './DocumentTable'
import { counted, countOf } from './texts'
import { isFinal, Trouble } from './Trouble'
import { useDefinitions } from './useDefinitions'
import './collections.css'

/** The collections of the database. */
export function CollectionsPage() {
  const database = useDatabase()
  const definitions = useDefinitions(collections)
  const { names, total } = definitions
  const broken = names.isError && (names.data === undefined || isFinal(names.error))
  return (
    <div className="page collections-page">
      <PageHeader trail={<Trail names={database.names} />} title="Collections" window={['Collections', database.label]} note={totalTold(definitions)}>
        {!broken && total > 0 && <DefinitionActions definitions={definitions} filterLabel="Filter by name" />}
      </PageHeader>
      {broken && <Trouble error={names.error} what={`the collections of ${calledIn(database)}`} onRetry={() => void names.refetch()} />}
      {!broken && names.data && total === 0 && <NoCollections database={database} />}
      {!broken && total > 0 && <DefinitionTable what="Collections" definitions={definitions} columns={columns} to={(name) => pathTo(database.names, 'collections', name)} />}
    </div>
  )
}

/** What to call the database in a sentence. */
const calledIn = ({ names, label }: Database) => (names.length > 0 ? label : 'the top level')

const columns: DefinitionColumn<CollectionDefinition>[] = [
  { head: 'Documents', className: 'rows-figures', title: `Counted up to ${counted.toLocaleString('en')}`, cell: ({ count }) => countOf(count) },
  { head: 'History', cell: ({ historyDays }) => <span className={historyDays === 0 ? 'rows-faint' : undefined}>{historyOf(historyDays)}</span> },
  { head: 'Expiry', cell: ({ ttlDays }) => (ttlDays === undefined ? <span className="rows-faint">never</span> : `after ${daysOf(ttlDays)}`) },
  { head: 'Defined', className: 'rows-time', cell: ({ ts }) => ts !== undefined && <When micros={ts} /> },
]

function historyOf(days: number | undefined): string {
  if (days === undefined) return 'for ever'
  return days === 0 ? 'none' : daysOf(days)
}

const daysOf = (days: number) => `${days.toLocaleString('en')} ${days === 1 ? 'day' : 'days'}`

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
      Documents live in collections. There are none in {calledIn(database)} so far; the shell opens with the query that creates the first.
    </EmptyState>
  )
}
