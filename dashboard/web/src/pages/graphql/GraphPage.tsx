import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { PanelLeft } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '../../design/Button'
import { PageHeader } from '../../design/PageHeader'
import { useDatabase, type Database } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { uniQuery, type Uni, type UniNode } from '../unis/api'
import { NodeChoice } from '../unis/NodeChoice'
import { keepPlace, useUniPlace } from '../unis/place'
import { UnisTrail } from '../unis/UnisTrail'
import { UniTrouble } from '../unis/UniTrouble'
import type { Caller } from './api'
import { ActAs } from './ActAs'
import { Explorer } from './Explorer'
import '../unis/unis.css'
import './graphql.css'

/** What the page's address holds beside the node. */
export interface GraphSearch {
  /** "off" hides the schema. */
  docs?: 'off'
  /** The type that the schema shows; without it the operations. */
  type?: string
  pane?: 'headers'
}

/** Asks and changes a uni as one of its nodes. */
export function GraphPage() {
  const database = useDatabase()
  const { uni, node } = useUniPlace()
  const reading = useQuery({ ...uniQuery(database.path, uni), staleTime: 60_000 })
  const found = reading.data?.uni.nodes.find((n) => n.name === node)
  useEffect(() => {
    if (found) keepPlace(database.path, uni, node)
  }, [found, database.path, uni, node])
  if (reading.data && found) return <Shown key={`${database.path} ${uni} ${node}`} database={database} uni={reading.data.uni} node={found} own={reading.data.node} />
  const all = (
    <Link className="button button-plain" to={pathTo(database.names, 'unis')}>
      All unis
    </Link>
  )
  return (
    <div className="page">
      <PageHeader trail={<UnisTrail names={database.names} page="graphql" />} title={uni} window={['GraphQL', uni, database.label]} />
      {reading.isError && <UniTrouble error={reading.error} what={uni} action={all} onRetry={() => void reading.refetch()} />}
      {reading.data && <UniTrouble error={new Error(`The uni ${uni} has no node called ${node}.`)} what={node} onRetry={() => void reading.refetch()} />}
    </div>
  )
}

function Shown({ database, uni, node, own }: { database: Database; uni: Uni; node: UniNode; own: string | undefined }) {
  const search = useSearch({ strict: false }) as GraphSearch
  const navigate = useNavigate()
  const [key, setKey] = useState<string>()
  const caller: Caller = { place: { database: database.path, uni: uni.name, node: node.name }, path: node.path, ...(key === undefined ? {} : { key }) }
  const shown = search.docs !== 'off'
  return (
    <div className="graph">
      <PageHeader trail={<UnisTrail names={database.names} page="graphql" />} title={uni.name} window={['GraphQL', uni.name, database.label]}>
        <NodeChoice label="Node" nodes={uni.nodes} value={node.name} fixed={own !== undefined} onChange={(name) => void navigate({ to: pathTo(database.names, 'graphql', uni.name, name) })} />
        <ActAs node={node.name} local={uni.local?.includes(node.name) === true} own={own !== undefined} used={key !== undefined} onChange={setKey} />
        <Button
          icon={<PanelLeft />}
          aria-pressed={shown}
          onClick={() => void navigate({ to: '.', search: ({ docs: _, ...rest }: GraphSearch) => (shown ? { ...rest, docs: 'off' } : rest), replace: true })}
        >
          Schema
        </Button>
      </PageHeader>
      <Explorer key={key ?? ''} caller={caller} shown={shown} search={search} />
    </div>
  )
}
