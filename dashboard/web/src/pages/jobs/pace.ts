/** How fast a build goes on, from what was seen of it, and when it may end. */

import { useEffect, useState } from 'react'

/** A build as it was seen once: when, in milliseconds, and the documents done by then. */
export interface Seen {
  at: number
  done: number
}

/** Looks back no further, so that a build that was held up is not slow for ever. */
const window = 60_000

/** What was seen with one more look at it, the oldest forgotten. A build that went back is another one. */
export function withLook(seen: readonly Seen[], look: Seen): Seen[] {
  const last = seen.at(-1)
  if (last && look.done < last.done) return [look]
  return [...seen.filter(({ at }) => look.at - at <= window), look]
}

/** Documents a second, undefined while it cannot be told. */
export function rateOf(seen: readonly Seen[]): number | undefined {
  const first = seen[0]
  const last = seen.at(-1)
  if (!first || !last || last.at - first.at < 1_500 || last.done === first.done) return undefined
  return ((last.done - first.done) * 1_000) / (last.at - first.at)
}

/** "12,000 of 200,000 documents, 1,400 a second, 2 min left". Documents that were made
 *  meanwhile may let a build do more than there were. */
export function progressText(done: number, total: number | undefined, rate: number | undefined): string {
  const parts = [total === undefined ? `${number(done)} documents done` : `${number(done)} of ${number(Math.max(done, total))} documents`]
  if (rate !== undefined) {
    parts.push(`${number(rate)} a second`)
    if (total !== undefined && total > done) parts.push(`${lasting((total - done) / rate)} left`)
  }
  return parts.join(', ')
}

const number = (n: number) => Math.round(n).toLocaleString('en')

function lasting(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3_600).toFixed(1)} h`
}

/** The rate of a build of which done is what was read last, at the time read. */
export function useRate(done: number | undefined, read: number): number | undefined {
  const [seen, setSeen] = useState<Seen[]>([])
  useEffect(() => {
    if (done !== undefined) setSeen((before) => (before.at(-1)?.at === read ? before : withLook(before, { at: read, done })))
  }, [done, read])
  return rateOf(seen)
}
