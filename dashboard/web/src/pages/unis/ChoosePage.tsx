import { useQuery } from '@tanstack/react-query'
import { Link, Navigate } from '@tanstack/react-router'
import { BookCheck, Waypoints } from 'lucide-react'
import { EmptyState, PageHeader } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { Trail } from '../../layout/Trail'
import { unisQuery } from './api'
import { placeToBegin } from './place'
import { UniTrouble } from './UniTrouble'
import './unis.css'

/** GraphQL before a uni is chosen: it goes to the one looked at last. */
export function ChooseGraphPage() {
  return <Choose page="graphql" title="GraphQL" text="Every node of a uni has a GraphQL API over its documents. Make a uni from a JSON Schema, and query it here." />
}

/** The ledger before a uni is chosen. */
export function ChooseLedgerPage() {
  return <Choose page="ledger" title="Ledger" text="Every change of a uni is in its ledger: signed, in blocks chained by hashes, and checked here in the browser. Make a uni, and look at its first block." />
}

function Choose({ page, title, text }: { page: 'graphql' | 'ledger'; title: string; text: string }) {
  const database = useDatabase()
  const unis = useQuery({ ...unisQuery(database.path), staleTime: 0 })
  const begin = unis.data && placeToBegin(database.path, unis.data.unis, unis.data.node)
  if (begin) return <Navigate to={pathTo(database.names, page, begin.uni, ...(page === 'graphql' ? [begin.node] : []))} replace />
  return (
    <div className="page">
      <PageHeader trail={<Trail names={database.names} />} title={title} window={[title, database.label]} />
      {unis.isError && <UniTrouble error={unis.error} what="the unis of this database" onRetry={() => void unis.refetch()} />}
      {unis.data && (
        <EmptyState
          icon={page === 'graphql' ? <Waypoints /> : <BookCheck />}
          title="No unis in this database yet"
          action={
            <Link className="button button-primary" to={pathTo(database.names, 'unis', 'new')}>
              Create a uni
            </Link>
          }
        >
          {text}
        </EmptyState>
      )}
    </div>
  )
}
