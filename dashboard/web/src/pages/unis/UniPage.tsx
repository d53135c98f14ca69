import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { BookCheck, Layers, Waypoints } from 'lucide-react'
import type { ReactNode } from 'react'
import { Choice } from '../../design/Choice'
import { PageHeader } from '../../design/PageHeader'
import { useDatabase, type Database } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { toldText } from '../../value/when'
import { uniQuery, type Uni } from './api'
import { DeleteUni } from './DeleteUni'
import { Model } from './Model'
import { Nodes } from './Nodes'
import { nodeToBegin, useUniPlace } from './place'
import { Copied } from './MadeUni'
import { Status } from './UnisPage'
import { UniTrouble } from './UniTrouble'
import { UnisTrail } from './UnisTrail'
import './unis.css'

type Tab = 'nodes' | 'model'

/** One uni: its nodes, its model, and what can be done with it. */
export function UniPage() {
  const database = useDatabase()
  const { uni } = useUniPlace()
  const reading = useQuery(uniQuery(database.path, uni))
  const tab: Tab = (useSearch({ strict: false }) as { tab?: unknown }).tab === 'model' ? 'model' : 'nodes'
  const navigate = useNavigate()
  return (
    <div className="page uni-page">
      <PageHeader trail={<UnisTrail names={database.names} page="unis" />} title={uni} window={[uni, 'Unis', database.label]} note={reading.data && <Status text={reading.data.uni.status} />}>
        {reading.data && <Ways database={database} uni={reading.data.uni} inside={reading.data.inside} own={reading.data.node} />}
      </PageHeader>
      {reading.isError && (
        <UniTrouble
          error={reading.error}
          what={uni}
          onRetry={() => void reading.refetch()}
          action={
            <Link className="button button-plain" to={pathTo(database.names, 'unis')}>
              All unis
            </Link>
          }
        />
      )}
      {reading.data && (
        <>
          <Facts uni={reading.data.uni} />
          <div className="uni-tabs">
            <Choice
              label="Part of the uni"
              value={tab}
              onChange={(next) => void navigate({ to: '.', search: next === 'nodes' ? {} : { tab: next }, replace: true })}
              options={[
                { value: 'nodes', label: 'Nodes' },
                { value: 'model', label: 'Model' },
              ]}
            />
          </div>
          {tab === 'nodes' ? (
            <Nodes database={database} uni={reading.data.uni} managed={!reading.data.inside} />
          ) : (
            <Model key={reading.data.uni.updatedTime} database={database} uni={reading.data.uni} managed={!reading.data.inside} />
          )}
          {!reading.data.inside && <DeleteUni database={database} uni={reading.data.uni} />}
        </>
      )}
    </div>
  )
}

function Ways({ database, uni, inside, own }: { database: Database; uni: Uni; inside: boolean; own: string | undefined }) {
  const names = inside ? database.names : [...database.names, uni.name]
  return (
    <>
      <Way to={pathTo(database.names, 'graphql', uni.name, own ?? nodeToBegin(uni) ?? '')} icon={<Waypoints />}>
        GraphQL
      </Way>
      <Way to={pathTo(database.names, 'ledger', uni.name)} icon={<BookCheck />}>
        Ledger
      </Way>
      <Way to={pathTo(names, 'collections')} icon={<Layers />}>
        Documents
      </Way>
    </>
  )
}

function Way({ to, icon, children }: { to: string; icon: ReactNode; children: string }) {
  return (
    <Link className="button button-plain" to={to}>
      {icon}
      {children}
    </Link>
  )
}

function Facts({ uni }: { uni: Uni }) {
  return (
    <dl className="facts">
      <div>
        <dt>Identity</dt>
        <dd>
          <Copied text={uni.identity} label="Copy the identity" />
        </dd>
      </div>
      <Fact name="Created" time={uni.createdTime} />
      <Fact name="Changed" time={uni.updatedTime} />
    </dl>
  )
}

function Fact({ name, time }: { name: string; time: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <time dateTime={time} title={time}>
          {toldText(time).local}
        </time>
      </dd>
    </div>
  )
}
