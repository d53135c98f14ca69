/** What a query cost, in words. */

import type { Cost } from '../../api/run'

export interface Part {
  name: keyof Cost
  text: string
  /** Whether it tells of something to look at. */
  marked: boolean
}

/** The parts of a cost that are worth a word: what is nothing is left out, but for the
 *  compute operations, of which every query has some. */
export function spentOf(cost: Cost): Part[] {
  const parts: [keyof Cost, string, string][] = [
    ['reads', 'read', 'reads'],
    ['bytesRead', 'byte read', 'bytes read'],
    ['writes', 'write', 'writes'],
    ['bytesWritten', 'byte written', 'bytes written'],
    ['computeOps', 'compute op', 'compute ops'],
    ['readOps', 'read op', 'read ops'],
    ['writeOps', 'write op', 'write ops'],
    ['retries', 'retry', 'retries'],
  ]
  return parts
    .filter(([name]) => name === 'computeOps' || cost[name] > 0)
    .map(([name, one, many]) => ({ name, text: `${cost[name].toLocaleString('en')} ${cost[name] === 1 ? one : many}`, marked: name === 'retries' }))
}
