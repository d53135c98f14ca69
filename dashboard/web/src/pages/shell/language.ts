/** What the server tells of the language. */

import { queryOptions } from '@tanstack/react-query'
import { request } from '../../api/http'
import type { Completions } from '../../editor/completion'
import type { LanguageFunction } from '../../editor/names'

/** The functions of the language. */
export const languageQuery = queryOptions({
  queryKey: ['language'],
  staleTime: Infinity,
  queryFn: async ({ signal }) => ((await (await request('GET', 'language', undefined, signal)).json()) as { functions: LanguageFunction[] }).functions,
})

/** Asks what may stand in a database where a text ends. */
export const completions =
  (database: string) =>
  async (before: string): Promise<Completions> =>
    (await (await request('POST', 'complete', { database, before })).json()) as Completions
