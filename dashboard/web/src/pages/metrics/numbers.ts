/** Which numbers are shown, and when they are a reason to worry. */

import type { Family, Point, Series } from './api'
import { toldBlocks, toldBytes, toldMillis, toldRate, toldShare } from './units'

/** The numbers that a point is made of. */
export type Field = Exclude<keyof Point, 'at'>

/** One of the six that an operator looks at first. */
export interface First {
  field: Field
  label: string
  what: string
  told: (n: number) => string
  /** What to worry about at that value, nothing while all is well. */
  worry?: (n: number) => string | undefined
}

const gib = 1024 ** 3

/** The six, with the bounds at which docs/operating.md wakes somebody. */
export const six: readonly First[] = [
  { field: 'rate', label: 'Rate', what: 'Queries a second', told: toldRate },
  { field: 'p99', label: 'p99', what: '99 of 100 queries took less', told: toldMillis },
  { field: 'conflicts', label: 'Conflicts', what: 'Attempts to write that lost to another', told: toldShare, worry: (n) => (n > 0.5 ? 'Many writers of one document' : undefined) },
  { field: 'lag', label: 'Lag', what: 'Of the log, not applied here yet', told: toldBlocks, worry: (n) => (n > 10_000 ? 'This node falls behind' : undefined) },
  { field: 'disk', label: 'Free disk', what: 'Where the data is', told: toldBytes, worry: (n) => (n < 2 * gib ? 'Less than 2 GiB is left' : undefined) },
  { field: 'unavailable', label: 'Unavailable', what: 'Queries answered 503', told: toldShare, worry: (n) => (n > 0.01 ? 'Queries are turned away' : undefined) },
]

/** One line of a chart. */
export interface Line {
  field: Field
  label: string
}

/** One chart; its lines have the same unit. */
export interface Plot {
  id: string
  title: string
  told: (n: number) => string
  /** What the scale reaches at least. */
  least: number
  lines: readonly Line[]
}

export const plots: readonly Plot[] = [
  {
    id: 'rates',
    title: 'Queries',
    told: toldRate,
    least: 1,
    lines: [
      { field: 'rate', label: 'all' },
      { field: 'writes', label: 'writes' },
      { field: 'failed', label: 'failed' },
    ],
  },
  {
    id: 'latency',
    title: 'Latency',
    told: toldMillis,
    least: 1,
    lines: [
      { field: 'p99', label: 'p99' },
      { field: 'p50', label: 'median' },
      { field: 'append', label: 'append to the log' },
    ],
  },
  {
    id: 'conflicts',
    title: 'Conflicts',
    told: toldShare,
    least: 0.1,
    lines: [
      { field: 'conflicts', label: 'lost' },
      { field: 'unavailable', label: 'unavailable' },
    ],
  },
  { id: 'lag', title: 'Lag', told: toldBlocks, least: 10, lines: [{ field: 'lag', label: 'blocks behind' }] },
  { id: 'storage', title: 'Storage', told: toldBytes, least: 1024, lines: [{ field: 'stored', label: 'files of the store' }] },
  { id: 'memory', title: 'Memory', told: toldBytes, least: 1024, lines: [{ field: 'memory', label: 'of the process' }] },
]

/** How long the charts reach back, in seconds. */
export const reach = 15 * 60

/** What a chart draws: seconds since 1970, then each line's values. Where the server did
 *  not look for a while the lines are broken. */
export function drawn(points: readonly Point[], lines: readonly Line[], every: number): [number[], ...(number | null)[][]] {
  const times: number[] = []
  const values: (number | null)[][] = lines.map(() => [])
  let last: number | undefined
  for (const point of points) {
    const at = point.at / 1000
    if (last !== undefined && at - last > 3 * every) {
      times.push(last + every)
      for (const line of values) line.push(null)
    }
    times.push(at)
    lines.forEach(({ field }, i) => values[i]!.push(point[field]))
    last = at
  }
  return [times, ...values]
}

/** Whether nobody asked anything in all that time. */
export const isIdle = (points: readonly Point[]): boolean => points.every((point) => point.rate === 0)

/** The families whose name, help or labels hold all words of a text. */
export function found(all: readonly Family[], text: string): Family[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  // Our own before those of the language and the process.
  const ours = (family: Family) => (family.name.startsWith('seriatim_') ? 0 : 1)
  const sorted = [...all].sort((a, b) => ours(a) - ours(b))
  return sorted.filter((family) => {
    const labels = (family.series ?? []).map((one) => labelsOf(one)).join(' ')
    const hay = `${family.name} ${family.help} ${labels}`.toLowerCase()
    return words.every((word) => hay.includes(word))
  })
}

/** The labels of one number, as Prometheus writes them. */
export function labelsOf({ labels = {} }: Series): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')
}

/** One number: a distributed one by how many there were and their mean. */
export function toldSeries(family: Family, one: Series): string {
  const exact = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 })
  if (one.count === undefined && one.value >= 2 ** 62) return 'no limit'
  if (one.count === undefined) return family.name.endsWith('_bytes') ? toldBytes(one.value) : exact.format(one.value)
  const mean = one.count > 0 ? one.value / one.count : 0
  return `${one.count.toLocaleString('en')} · mean ${family.name.endsWith('_seconds') ? toldMillis(1000 * mean) : exact.format(mean)}`
}
