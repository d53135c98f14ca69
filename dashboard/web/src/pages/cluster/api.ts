/** The cluster as the node that answers sees it, as GET /ui/api/cluster tells operators. */

import { queryOptions } from '@tanstack/react-query'
import { request } from '../../api/http'

export interface Log {
  head: number
  oldest: number
  base: number
  bytes: number
  quotaBytes: number
  alarm: string
}

export interface Node {
  name: string
  region: string
  role: string
  address: string
  version: string
  /** Why it has stopped answering, "" while it answers. */
  fenced: string
  number: number
  position: number
  flushed: number
  lag: number
  digest: string
  live: boolean
  leader: boolean
  /** Microseconds to others and back, by their names. */
  roundTrips: Record<string, number> | null
  /** Microseconds ahead of the median of its peers. */
  clockOffset: number
  ts: number
}

export interface Cluster {
  self: string
  leader: string
  log: Log
  nodes: Node[]
}

export const clusterQuery = queryOptions({
  queryKey: ['cluster'],
  queryFn: async ({ signal }) => (await (await request('GET', 'cluster', undefined, signal)).json()) as Cluster,
  refetchInterval: 2_000,
})
