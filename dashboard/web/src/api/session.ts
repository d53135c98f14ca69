/** Signing in and out. The secret is sent once; after that a cookie that scripts
 *  cannot read stands for it. */

import { queryOptions, type QueryClient } from '@tanstack/react-query'
import { ApiError, request } from './http'

export interface Session {
  /** The server's build. */
  build: string
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

/** Signs in with a secret; throws ApiError with status 401 when it names nobody. */
export async function signIn(secret: string): Promise<Session> {
  return (await (await request('POST', 'session', { secret })).json()) as Session
}

/** Signs out and forgets everything that was read. */
export async function signOut(client: QueryClient): Promise<void> {
  await request('DELETE', 'session')
  client.clear()
  client.setQueryData(sessionQuery.queryKey, null)
}
