/** Signing in and out. The secret is sent once; after that a cookie that scripts
 *  cannot read stands for it. */

import { queryOptions, type QueryClient } from '@tanstack/react-query'
import { dropPassing } from '../storage'
import { ApiError, request } from './http'

export interface Session {
  /** The server's build. */
  build: string
  /** Whether the secret came with a database and a role that narrow it. */
  scoped: boolean
  /** Whether it may make databases and act in the ones below its own. */
  admin: boolean
}

/** The session of this browser, null when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Infinity,
  retry: false,
  queryFn: async (): Promise<Session | null> => {
    try {
      return (await (await request('GET', 'session')).json()) as Session
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.status === 401) return null
      throw thrown
    }
  },
})

/** Signs in with a secret; throws ApiError with status 401 when it names nobody. A
 *  suffix that the protocol ignores is refused, or one would act with more than one
 *  believes. */
export async function signIn(secret: string): Promise<Session> {
  const session = (await (await request('POST', 'session', { secret })).json()) as Session
  if (session.scoped || !secret.includes(':')) {
    ended = false
    tabs?.postMessage('signed in')
    return session
  }
  await request('DELETE', 'session')
  throw new ApiError(400, [{ code: 'bad request', description: 'After the colon stands a role, or a database and a role: secret:database:role.' }])
}

/** Signs out and forgets everything that was read or written here, but for what somebody
 *  gave a name. A session that ends by itself leaves the texts to who comes back. */
export async function signOut(client: QueryClient): Promise<void> {
  await request('DELETE', 'session')
  dropPassing()
  leave(client)
  tabs?.postMessage('signed out')
}

/** To be called with whatever a request threw. When that says that the session is no
 *  more, everything that was read is forgotten, and one has to sign in again. */
export function noticeEnd(client: QueryClient, thrown: unknown): void {
  if (!(thrown instanceof ApiError) || thrown.status !== 401 || !client.getQueryData(sessionQuery.queryKey)) return
  ended = true
  leave(client)
}

const leavers = new Set<() => void>()

/** Calls forget when a session ends, by itself or not. */
export function whenLeft(forget: () => void): void {
  leavers.add(forget)
}

function leave(client: QueryClient) {
  for (const forget of leavers) forget()
  client.setQueryData(sessionQuery.queryKey, null)
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
}

let ended = false

/** Whether the last session of this page ended by itself. */
export const hasEnded = (): boolean => ended

// All tabs of a browser have one session. One that showed what another secret may see
// would act with the new one.
const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('seriatim.session')

/** Calls changed when another tab signs in or out. */
export function watchSession(changed: () => void): void {
  tabs?.addEventListener('message', changed)
}
