import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { BookCheck, Handshake, Plus, Waypoints } from 'lucide-react'
import { Button } from '../../design/Button'
import { FilterField } from '../../design/FilterField'
import { EmptyState, PageHeader } from '../../design/PageHeader'
import { Rows } from '../../design/Rows'
import { useDatabase, type Database } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { Trail } from '../../layout/Trail'
import { toldText } from '../../value/when'
import { useFilter } from '../collections/useDefinitions'
import { unisQuery, type Uni } from './api'
import { nodeToBegin } from './place'
import { UniTrouble } from './UniTrouble'
import './unis.css'

/** The unis of the database. */
export function UnisPage() {
  const database = useDatabase()
  const unis = useQuery({ ...unisQuery(database.path), staleTime: 0 })
  const inside = unis.data?.inside === true
  const create = (
    <Link className="button button-primary" to={pathTo(database.names, 'unis', 'new')}>
      <Plus />
      New uni
    </Link>
  )
  return (
    <div className="page">
      <PageHeader trail={<Trail names={database.names} />} title="Unis" window={['Unis', database.label]} note={unis.data?.unis.length || undefined}>
        {unis.data && !inside && unis.data.unis.length > 0 && create}
      </PageHeader>
      {unis.isError && <UniTrouble error={unis.error} what="the unis of this database" onRetry={() => void unis.refetch()} />}
      {inside && <p className="unis-note">This database is itself a uni. It is made, changed and deleted from the database around it.</p>}
      {unis.data && unis.data.unis.length > 0 && <List database={database} unis={unis.data.unis} {...(unis.data.node === undefined ? {} : { own: unis.data.node })} />}
      {unis.data?.unis.length === 0 && (
        <EmptyState icon={<Handshake />} title="No unis yet" action={create}>
          A uni is a database that several parties share: each has a node with a GraphQL API and keys of its own, and every change is in a ledger that anyone can check. You make one from a JSON
          Schema.
        </EmptyState>
      )}
    </div>
  )
}

function List({ database, unis, own }: { database: Database; unis: Uni[]; own?: string }) {
  const { filter, setFilter } = useFilter()
  const part = filter.trim().toLowerCase()
  const found = unis.filter(({ name, nodes }) => `${name} ${nodes.map((node) => node.name).join(' ')}`.toLowerCase().includes(part))
  return (
    <>
      {(unis.length > few || part !== '') && <FilterField label="Filter by uni or node" value={filter} onChange={setFilter} />}
      {found.length === 0 ? (
        <EmptyState icon={<Handshake />} title={`No uni or node has “${filter}”`} action={<Button onClick={() => setFilter('')}>Show all {unis.length.toLocaleString('en')}</Button>} />
      ) : (
        <section className="panel" aria-label="Unis">
          <Rows
            label="Unis. Arrow keys move between rows and inside them, Enter opens one."
            className="rows-wide unis-rows"
            head={
              <>
                <th scope="col" className="rows-pinned">
                  Name
                </th>
                <th scope="col">Nodes</th>
                <th scope="col">Status</th>
                <th scope="col" className="unis-time">
                  Changed
                </th>
                <th scope="col">
                  <span className="visually-hidden">Open</span>
                </th>
              </>
            }
            columns={5}
            count={found.length}
            keyOf={(index) => found[index]?.name ?? ''}
            row={(index, tabIndex) => <Row database={database} uni={found[index]!} own={own} tabIndex={tabIndex} />}
          />
        </section>
      )}
    </>
  )
}

/** So many are seen at a glance. */
const few = 8

function Row({ database, uni, own, tabIndex }: { database: Database; uni: Uni; own: string | undefined; tabIndex: 0 | -1 }) {
  return (
    <>
      <th scope="row" className="rows-pinned">
        <Link className="rows-opener" data-opener="" to={pathTo(database.names, 'unis', uni.name)} tabIndex={tabIndex} title={uni.name}>
          {uni.name}
        </Link>
      </th>
      <td className="unis-wrap">{uni.nodes.map((n) => n.name).join(', ')}</td>
      <td>
        <Status text={uni.status} />
      </td>
      <td className="unis-time rows-time">
        <time dateTime={uni.updatedTime} title={uni.updatedTime}>
          {toldText(uni.updatedTime).local}
        </time>
      </td>
      <td className="unis-go">
        <Link className="button button-quiet" to={pathTo(database.names, 'graphql', uni.name, own ?? nodeToBegin(uni) ?? '')} tabIndex={-1}>
          <Waypoints />
          GraphQL
        </Link>
        <Link className="button button-quiet" to={pathTo(database.names, 'ledger', uni.name)} tabIndex={-1}>
          <BookCheck />
          Ledger
        </Link>
      </td>
    </>
  )
}

/** A status of a uni or node, in lower case with a dot. */
export function Status({ text }: { text: string }) {
  return <span className={text === 'RUNNING' ? 'status status-good' : 'status'}>{text.toLowerCase()}</span>
}
