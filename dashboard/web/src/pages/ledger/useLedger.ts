import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Database } from '../../layout/database'
import { uniQuery, type Uni } from '../unis/api'
import { keepPlace, nodeToBegin } from '../unis/place'
import { keepTrust, trustOf, useTrust, withKeys, type Trust } from './trust'
import { keysOf, obstacle, type Keys } from './verify/keys'

/** A ledger that is looked at as one of the uni's nodes. */
export interface LedgerOf {
  uni: Uni
  place: { database: string; uni: string; node: string }
  trust: Trust
  /** The nodes whose key is now another than when it was first seen. */
  changed: string[]
}

/** The uni and the node of the page; the node stands in the search, or is the first
 *  that the server can sign for. */
export function useLedgerOf(database: Database, name: string) {
  const reading = useQuery({ ...uniQuery(database.path, name), staleTime: 30_000 })
  const search = useSearch({ strict: false }) as { node?: unknown }
  const uni = reading.data?.uni
  const trust = useTrust(uni?.identity ?? '')
  const asked = uni?.nodes.find((n) => n.name === String(search.node))?.name
  const node = reading.data?.node ?? asked ?? (uni && nodeToBegin(uni))
  useEffect(() => {
    if (!uni || node === undefined) return
    keepPlace(database.path, uni.name, node)
    const before = trustOf(uni.identity)
    const { trust: next } = withKeys(before, uni.nodes, Date.now())
    if (next !== before) keepTrust(uni.identity, next)
  }, [uni, node, database.path])
  const ledger: LedgerOf | undefined =
    uni && node !== undefined ? { uni, place: { database: database.path, uni: uni.name, node }, trust, changed: withKeys(trust, uni.nodes, 0).changed } : undefined
  return { ledger, own: reading.data?.node, error: reading.error, refetch: reading.refetch }
}

/** The keys that verify: those that were seen first. */
export function useKeys({ uni, trust }: LedgerOf): { keys?: Keys; obstacle?: string } {
  const nodes = uni.nodes.map(({ name, publicKey }) => ({ name, publicKey: trust.keys[name] ?? publicKey }))
  const { data } = useQuery({
    queryKey: ['verifying keys', nodes],
    staleTime: Infinity,
    queryFn: async () => {
      const why = await obstacle()
      return why === undefined ? { keys: await keysOf(nodes) } : { obstacle: why }
    },
  })
  return data ?? {}
}
