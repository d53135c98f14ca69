/** The server's numbers, as GET /ui/api/metrics gives them to operators. */

import { queryOptions } from '@tanstack/react-query'
import { request } from '../../api/http'

/** The numbers of a stretch of time; docs/operating.md says what each is. */
export interface Point {
  rate: number
  p99: number
  conflicts: number
  lag: number
  disk: number
  unavailable: number
  /** The end of the time, in milliseconds since 1970. */
  at: number
  writes: number
  failed: number
  p50: number
  append: number
  memory: number
  stored: number
  position: number
}

/** One number of the metrics, for each set of its labels. */
export interface Family {
  name: string
  help: string
  type: string
  series?: Series[]
}

/** A number, or how many and how much in sum for one that is distributed. */
export interface Series {
  labels?: Record<string, string>
  value: number
  count?: number
}

export interface Metrics {
  now: Point
  /** Seconds between two points. */
  every: number
  points: Point[]
  all: Family[]
}

export const metricsQuery = queryOptions({
  queryKey: ['metrics'],
  queryFn: async ({ signal }) => (await (await request('GET', 'metrics', undefined, signal)).json()) as Metrics,
  refetchInterval: 5_000,
})
