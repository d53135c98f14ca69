/** The history of a document: its events and what differs between two versions. */

import { fql, raw } from '../../api/query'
import { get, isArray } from '../../value/access'
import { stringOf, type Value } from '../../value/parse'
import { documentRef, numberOf } from './texts'

/** One event. `ts` is when, in microseconds. */
export interface Version {
  ts: number
  action: string
}

/** How many events a page of the history has. */
export const eventsPerPage = 100

/** The newest events of a document, those before one at `before`. */
export function eventsText(collection: string, id: string, before?: { ts: number; action: string }): string {
  const cursor = before === undefined ? 'null' : fql`{ts: ${before.ts}, action: ${before.action}}`
  return fql`Paginate(Events(${raw(documentRef(collection, id))}), {size: ${eventsPerPage}, before: ${raw(cursor)}})`
}

/** A page of events, newest first, and whether there are older ones. */
export function versionsOf(page: Value): { versions: Version[]; more: boolean } {
  const data = get(page, 'data')
  const versions = (isArray(data) ? data : []).flatMap((event) => {
    const ts = numberOf(get(event, 'ts'))
    return ts === undefined ? [] : [{ ts, action: stringOf(get(event, 'action')) ?? '' }]
  })
  return { versions: versions.reverse(), more: get(page, 'before') !== undefined }
}

/** The members of a document without its reference and time, as FQL for an editor. */
export function editableText(ref: string, members: readonly string[], at?: number): string {
  const wanted = members.filter((name) => name !== 'ref' && name !== 'ts')
  const object = `{${wanted.map((name) => fql`${name}: Select(${name}, Var("doc"))`).join(', ')}}`
  const text = fql`Let({doc: Get(${raw(ref)})}, ${raw(object)})`
  return at === undefined ? text : `At(${at}, ${text})`
}

/** The data of a document at an instant, null when it was not there. */
export const versionText = (ref: string, at: number): string => `At(${at}, If(Exists(${ref}), Get(${ref}), null))`

/** A line of two texts. */
export interface Line {
  kind: 'same' | 'removed' | 'added'
  text: string
}

/** Above this many lines the texts are told one after the other. */
const most = 3000

/** The lines of two texts side by side: the fewest that have to go and to come. */
export function linesBetween(before: string, after: string): Line[] {
  const old = before === '' ? [] : before.split('\n')
  const now = after === '' ? [] : after.split('\n')
  let head = 0
  while (head < old.length && head < now.length && old[head] === now[head]) head++
  let tail = 0
  while (tail < old.length - head && tail < now.length - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++
  const same = (text: string): Line => ({ kind: 'same', text })
  return [
    ...old.slice(0, head).map(same),
    ...between(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...old.slice(old.length - tail).map(same),
  ]
}

function between(old: string[], now: string[]): Line[] {
  const removed = (text: string): Line => ({ kind: 'removed', text })
  const added = (text: string): Line => ({ kind: 'added', text })
  if (old.length * now.length > most * most) return [...old.map(removed), ...now.map(added)]
  // How many lines are common from each place on.
  const common = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1))
  for (let i = old.length - 1; i >= 0; i--)
    for (let k = now.length - 1; k >= 0; k--)
      common[i]![k] = old[i] === now[k] ? common[i + 1]![k + 1]! + 1 : Math.max(common[i + 1]![k]!, common[i]![k + 1]!)
  const lines: Line[] = []
  let [i, k] = [0, 0]
  while (i < old.length || k < now.length) {
    if (i < old.length && k < now.length && old[i] === now[k]) {
      lines.push({ kind: 'same', text: old[i]! })
      i++
      k++
    } else if (i < old.length && (k >= now.length || common[i + 1]![k]! >= common[i]![k + 1]!)) lines.push(removed(old[i++]!))
    else lines.push(added(now[k++]!))
  }
  return lines
}
