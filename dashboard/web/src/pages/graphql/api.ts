/** Requests to a node's GraphQL API: by the session, for which the server acts as the
 *  node, or with an API key of the node, which goes to the node's own door. */

import { ApiError, request, type Told } from '../../api/http'
import { jsonText } from '../../value/written'
import { addressOf, type Place } from '../unis/api'

/** Who asks. */
export interface Caller {
  place: Required<Place>
  /** The node's path on this server. */
  path: string
  /** An API key in place of the session. */
  key?: string
}

export interface Operation {
  query: string
  operationName?: string
  variables?: Record<string, unknown>
}

/** An answer with what its headers say. */
export interface Answer {
  /** The body as it came. */
  text: string
  status: number
  /** How long it took here, in milliseconds. */
  took: number
  /** The transaction's time in microseconds, where it is told. */
  txn?: number
  retries?: number
}

/** Runs a query or a mutation. Throws ApiError when the request itself is refused. */
export async function run(caller: Caller, operation: Operation, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
  const began = performance.now()
  const answer = caller.key === undefined ? await bySession(caller, operation, headers, signal) : await byKey(caller, caller.key, operation, headers, signal)
  const text = await answer.text()
  return {
    text,
    status: answer.status,
    took: performance.now() - began,
    ...numberIn(answer, 'x-txn-time', 'txn'),
    ...numberIn(answer, 'x-txn-retries', 'retries'),
  }
}

function numberIn<K extends string>(answer: Response, header: string, name: K): Partial<Record<K, number>> {
  const text = answer.headers.get(header)
  return text === null ? {} : ({ [name]: Number(text) } as Partial<Record<K, number>>)
}

async function bySession({ place }: Caller, operation: Operation, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  if (Object.keys(headers).length === 0) return request('POST', addressOf('graphql', place), operation, signal)
  return checked(await fetched(`/ui/api/${addressOf('graphql', place)}`, operation, headers, signal, 'same-origin'))
}

async function byKey({ path }: Caller, key: string, operation: Operation, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  const answer = await fetched(path, operation, { authorization: key, ...headers }, signal, 'omit')
  if (answer.status === 403) throw new ApiError(403, [{ code: 'forbidden', description: 'The API key does not open this node. Keys belong to one node of one uni, and end when they are deleted or expire.' }])
  return answer
}

async function fetched(url: string, operation: Operation, headers: Record<string, string>, signal: AbortSignal, credentials: RequestCredentials): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: jsonText(operation), signal, credentials, cache: 'no-store' })
  } catch (thrown) {
    if (signal.aborted) throw thrown
    throw new ApiError(0, [{ code: 'no answer', description: 'No answer from the server. Is it running? Header names and values must be plain text.' }])
  }
}

async function checked(answer: Response): Promise<Response> {
  if (answer.ok) return answer
  const { errors } = (await answer.json().catch(() => ({}))) as { errors?: Told[] }
  throw new ApiError(answer.status, errors ?? [])
}
