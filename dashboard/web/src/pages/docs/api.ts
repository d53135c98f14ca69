/** The documentation that the server has in it. */

import { queryOptions } from '@tanstack/react-query'
import { request } from '../../api/http'

export interface DocPage {
  /** Where it stands below docs/, without its ending: "cluster", "fql/pages/Paginate". */
  path: string
  title: string
  /** The heading that it is listed under. */
  group: string
  /** Markdown. */
  text: string
}

export const docsQuery = queryOptions({
  queryKey: ['docs'],
  staleTime: Infinity,
  gcTime: Infinity,
  queryFn: async ({ signal }) => ((await (await request('GET', 'docs', undefined, signal)).json()) as { pages: DocPage[] }).pages,
})
