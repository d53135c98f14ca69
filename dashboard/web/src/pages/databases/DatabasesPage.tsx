import { useQueries, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ChevronDown, ChevronRight, Database, Layers, SquareTerminal } from 'lucide-react'
import { messageOf } from '../../api/http'
import { Button } from '../../design/Button'
import { FilterField } from '../../design/FilterField'
import { Listed } from '../../design/Listed'
import { EmptyState, Notice, PageHeader } from '../../design/PageHeader'
import { databasesQuery } from '../../layout/databases'
import { topLabel, useDatabase } from '../../layout/database'
import { pathTo, type Names } from '../../layout/paths'
import { useFilter } from '../collections/useDefinitions'
import { toggled } from './opened'
import { linesOf, linesWith, type Inside, type Line } from './tree'
import './databases.css'

/** The most databases inside one that are listed. */
const listed = 100_000

/** So many are seen at a glance. */
const few = 10

/** All databases that the secret may see, as a tree. Which are open is in the URL. */
export function DatabasesPage() {
  const here = useDatabase()
  const top = useQuery(databasesQuery('', listed))
  const { open } = useSearch({ strict: false }) as { open?: unknown }
  const { filter, setFilter } = useFilter()
  const shown = Array.isArray(open) ? open.map(String) : here.names.map((_, i) => here.names.slice(0, i + 1).join('/'))
  const read = useQueries({ queries: shown.map((path) => databasesQuery(path, listed)) })
  const inside = (path: string): Inside => {
    const { data, error } = (path === '' ? top : read[shown.indexOf(path)]) ?? {}
    return error ? { failure: messageOf(error) } : data
  }
  const all = linesOf(shown, inside, listed)
  const lines = linesWith(all, filter)
  return (
    <div className="page">
      <PageHeader title="Databases" window={['Databases']} note={top.data?.names.length.toLocaleString('en')}>
        {(all.length > few || filter !== '') && <FilterField label="Filter by name" value={filter} onChange={setFilter} />}
      </PageHeader>
      {top.isError && (
        <Notice title="This secret may not list databases" action={<Button onClick={() => void top.refetch()}>Try again</Button>}>
          {messageOf(top.error)} Sign in with the secret of an admin.
        </Notice>
      )}
      {top.data?.names.length === 0 && (
        <EmptyState icon={<Database />} title="No databases yet">
          Choose <strong>NEW DATABASE</strong> at the upper left, give it a name and save it. Databases can stand in each other.
        </EmptyState>
      )}
      {lines.length === 0 && filter !== '' && <EmptyState icon={<Database />} title={`None of the databases in sight has “${filter}”`} action={<Button onClick={() => setFilter('')}>Show all</Button>} />}
      {top.data && top.data.names.length > 0 && lines.length > 0 && (
        <section className="panel databases-tree" aria-label="Databases">
          <Row names={[]} present={here.path} />
          <Listed label="The tree of databases" count={lines.length} keyOf={(i) => keyOf(lines[i])} level={(i) => lines[i]!.names.length + (lines[i]!.kind === 'note' ? 1 : 0)} height={38} entry={(i) => <Entry line={lines[i]!} present={here.path} open={shown} />} />
        </section>
      )}
    </div>
  )
}

const keyOf = (line: Line | undefined): string => `${line?.kind} ${line?.names.join('/')}`

function Entry({ line, present, open }: { line: Line; present: string; open: string[] }) {
  const navigate = useNavigate()
  const path = line.names.join('/')
  const depth = line.names.length - (line.kind === 'note' ? 0 : 1)
  const toggle = () => void navigate({ to: '.', search: (now: Record<string, unknown>) => ({ ...now, open: toggled(open, path) }), replace: true })
  return (
    <div className="databases-line" style={{ marginLeft: `${depth * 24 + 12}px` }}>
      {line.kind === 'note' ? <p className="databases-note">{line.text}</p> : <Row names={line.names} present={present} open={line.open} onToggle={toggle} />}
    </div>
  )
}

function Row({ names, present, open, onToggle }: { names: Names; present: string; open?: boolean; onToggle?: () => void }) {
  const label = names.at(-1) ?? topLabel
  const isPresent = names.join('/') === present
  return (
    <div className={isPresent ? 'databases-row databases-row-present' : 'databases-row'}>
      {onToggle ? (
        <Button kind="quiet" icon={open ? <ChevronDown /> : <ChevronRight />} aria-expanded={open} aria-label={`Databases inside ${label}`} onClick={onToggle} />
      ) : (
        <Database aria-hidden="true" className="databases-icon" />
      )}
      <Link className="databases-name" to={pathTo(names)}>
        {label}
      </Link>
      {isPresent && <span className="databases-here">open now</span>}
      <span className="databases-go">
        <Link className="button button-quiet" to={pathTo(names, 'collections')} aria-label={`Collections of ${label}`}>
          <Layers />
          <span className="databases-word">Collections</span>
        </Link>
        <Link className="button button-quiet" to={pathTo(names, 'shell')} aria-label={`Shell of ${label}`}>
          <SquareTerminal />
          <span className="databases-word">Shell</span>
        </Link>
      </span>
    </div>
  )
}
