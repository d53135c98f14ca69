/** Signing in and out. The secret is sent once; after that a cookie that scripts
 *  cannot read stands for it. */

import { queryOptions, type QueryClient } from '@tanstack/react-query'
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
  if (session.scoped || !secret.includes(':')) return session
  await request('DELETE', 'session')
  throw new ApiError(400, [{ code: 'bad request', description: 'After the colon stands a role, or a database and a role: secret:database:role.' }])
}

/** Signs out and forgets everything that was read. */
export async function signOut(client: QueryClient): Promise<void> {
  await request('DELETE', 'session')
  client.setQueryData(sessionQuery.queryKey, null)
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
}
