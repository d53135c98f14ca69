import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ChevronDown, ChevronRight, Database, Layers, SquareTerminal } from 'lucide-react'
import { messageOf } from '../../api/http'
import { Button } from '../../design/Button'
import { EmptyState, Notice, PageHeader } from '../../design/PageHeader'
import { databasesQuery, databasesShown } from '../../layout/databases'
import { topLabel, useDatabase } from '../../layout/database'
import { pathTo, type Names } from '../../layout/paths'
import { toggled } from './opened'
import './databases.css'

/** All databases that the secret may see, as a tree. Which are open is in the URL. */
export function DatabasesPage() {
  const here = useDatabase()
  const top = useQuery(databasesQuery(''))
  const { open } = useSearch({ strict: false }) as { open?: unknown }
  const shown = Array.isArray(open) ? open.map(String) : here.names.map((_, i) => here.names.slice(0, i + 1).join('/'))
  return (
    <div className="page">
      <PageHeader title="Databases" window={['Databases']} note={top.data?.names.length || undefined} />
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
      {top.data && top.data.names.length > 0 && (
        <section className="panel databases-tree" aria-label="Databases">
          <Row names={[]} present={here.path} />
          <Inside names={[]} open={shown} present={here.path} />
        </section>
      )}
    </div>
  )
}

function Inside({ names, open, present }: { names: Names; open: string[]; present: string }) {
  const inside = useQuery(databasesQuery(names.join('/')))
  if (inside.isError) return <p className="databases-note">Cannot be listed. {messageOf(inside.error)}</p>
  if (!inside.data) return null
  if (inside.data.names.length === 0) return <p className="databases-note">No databases inside</p>
  return (
    <ul className="databases-inside">
      {inside.data.names.map((name) => (
        <Branch key={name} names={[...names, name]} open={open} present={present} />
      ))}
      {inside.data.more && <li className="databases-note">The first {databasesShown.toLocaleString('en')} are shown.</li>}
    </ul>
  )
}

function Branch({ names, open, present }: { names: Names; open: string[]; present: string }) {
  const navigate = useNavigate()
  const path = names.join('/')
  const isOpen = open.includes(path)
  const toggle = () => void navigate({ to: '.', search: { open: toggled(open, path) }, replace: true })
  return (
    <li>
      <Row names={names} present={present} open={isOpen} onToggle={toggle} />
      {isOpen && <Inside names={names} open={open} present={present} />}
    </li>
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
