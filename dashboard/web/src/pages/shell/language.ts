/** What the server tells of the language. */

import { queryOptions } from '@tanstack/react-query'
import { request } from '../../api/http'
import type { Completions } from '../../editor/completion'
import type { FunctionHelp } from '../../editor/help'
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

const pages = new Map<string, Promise<FunctionHelp>>()

/** What the reference says of a function. It is asked for once, and again only after
 *  there was no answer. */
export function helpOf(name: string): Promise<FunctionHelp> {
  const known = pages.get(name)
  if (known) return known
  const page = request('GET', `help?name=${encodeURIComponent(name)}`).then((answer) => answer.json() as Promise<FunctionHelp>)
  pages.set(name, page)
  page.catch(() => pages.delete(name))
  return page
}
