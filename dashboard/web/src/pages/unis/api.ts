/** What the pages of unis ask the server. The database, the uni and the node stand in
 *  each request's address. */

import { queryOptions } from '@tanstack/react-query'
import { request } from '../../api/http'
import { parseExact } from '../../value/exact'

/** A party of a uni. */
export interface UniNode {
  name: string
  userId?: string
  description?: string
  csp?: string
  region?: string
  status: string
  /** The machine that it lives on, in a cluster, and where that is reached. */
  replica?: string
  address?: string
  /** The Ed25519 key that verifies what it signs, in base64. */
  publicKey: string
  /** In the answer that makes it only. */
  apiKey?: string
  /** Of its GraphQL API on this server. */
  path: string
}

export interface Uni {
  name: string
  /** As its ledger names it. */
  identity: string
  type: string
  status: string
  /** The JSON Schema; not in lists. */
  schema?: unknown
  createdTime: string
  updatedTime: string
  nodes: UniNode[]
  /** The nodes whose private keys are on the server's machine. */
  local?: string[]
}

/** What the secret of the session sees. */
export interface SeenUnis {
  unis: Uni[]
  /** The node that the secret is a key of. */
  node?: string
  /** Whether the database is itself the uni. */
  inside: boolean
}

/** Where a call is about. */
export interface Place {
  database: string
  uni?: string
  node?: string
}

/** The address of a call below /ui/api/, with its parameters. */
export function addressOf(call: string, { database, uni, node }: Place, more: Record<string, string> = {}): string {
  const all = { ...(database === '' ? {} : { database }), ...(uni === undefined ? {} : { uni }), ...(node === undefined ? {} : { node }), ...more }
  const query = new URLSearchParams(all).toString()
  return query === '' ? call : `${call}?${query}`
}

// A schema has numbers that must not change on their way.
const answerOf = async <T>(answer: Promise<Response>) => parseExact(await (await answer).text()) as T

/** All unis of a database, without their schemas. */
export const unisQuery = (database: string) =>
  queryOptions({
    queryKey: [database, 'unis'],
    queryFn: async ({ signal }) => (await (await request('GET', addressOf('unis', { database }), undefined, signal)).json()) as SeenUnis,
  })

/** One uni with its schema, and whether it can be managed from here. */
export const uniQuery = (database: string, uni: string) =>
  queryOptions({
    queryKey: [database, 'uni', uni],
    queryFn: async ({ signal }) => {
      const seen = await answerOf<SeenUnis>(request('GET', addressOf('unis', { database, uni }), undefined, signal))
      return { uni: seen.unis[0]!, node: seen.node, inside: seen.inside }
    },
  })

/** Makes a uni of a registration; the nodes of what it returns have their API keys. */
export const createUni = (database: string, registration: object) => answerOf<Uni>(request('POST', addressOf('unis', { database }), registration))

/** Removes a uni with everything that it holds. */
export const deleteUni = (database: string, uni: string) => request('DELETE', addressOf('unis', { database, uni }))

/** One way in which a schema takes something away. */
export interface Breaking {
  kind: string
  pointer: string
  reason: string
}

/** What a schema would take from the uni; nothing is changed. */
export const reviewSchema = (database: string, uni: string, schema: unknown) =>
  answerOf<{ breaking: Breaking[]; indexRemoved: boolean }>(request('POST', addressOf('unis/review', { database, uni }), { schema }))

/** Gives a uni another schema. */
export const evolveUni = (database: string, uni: string, schema: unknown, indexRemoved: boolean) =>
  answerOf<Uni>(request('POST', addressOf('unis/evolve', { database, uni }), { schema, ...(indexRemoved ? { allowedBreakingChanges: ['INDEX_REMOVED'] } : {}) }))

/** An API key, whose secret is shown only in this answer. */
export interface MadeKey {
  node: string
  name: string
  expiry?: string
  apiKey: string
  path: string
}

/** Makes another API key of a node. Without expiry, an RFC 3339 time, it does not end. */
export const addKey = (place: Place, name: string, expiry: string | undefined) =>
  answerOf<MadeKey>(request('POST', addressOf('unis/keys', place), { name, ...(expiry === undefined ? {} : { expiry }) }))
