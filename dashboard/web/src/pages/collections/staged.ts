/** Edits of documents that wait to be saved together, in one transaction. */

import { useSyncExternalStore } from 'react'
import { QueryError } from '../../api/query'
import { fql, raw } from '../../api/query'
import { whenLeft } from '../../api/session'
import { documentRef } from './texts'

/** One edit. `ts` is the version that was edited: another one is a conflict. */
export type Staged =
  | { kind: 'replace'; collection: string; id: string; text: string; ts: number }
  | { kind: 'delete'; collection: string; id: string; ts: number }
  | { kind: 'create'; collection: string; id: string; text: string; number: number }

/** What tells an edit from the others: a document has one at most. */
export const keyOf = (edit: Staged): string => `${edit.collection}/${edit.id === '' && edit.kind === 'create' ? `new ${edit.number}` : edit.id}`

/** The query of one edit. */
export function editText(edit: Staged): string {
  if (edit.kind === 'create') {
    const target = edit.id === '' ? fql`Collection(${edit.collection})` : documentRef(edit.collection, edit.id)
    return `Create(${target}, ${edit.text})`
  }
  const ref = documentRef(edit.collection, edit.id)
  const change = edit.kind === 'delete' ? `Delete(${ref})` : `Replace(${ref}, ${edit.text})`
  return fql`If(
  Equals(Select("ts", Get(${raw(ref)})), ${edit.ts}),
  ${raw(indented(change))},
  Abort(${`${edit.collection}/${edit.id} was changed after it was read here.`})
)`
}

/** The one transaction that all edits are. */
export function stagedText(edits: readonly Staged[]): string {
  if (edits.length === 1) return editText(edits[0]!)
  return `Do(\n${edits.map((edit) => `  ${indented(editText(edit))}`).join(',\n')}\n)`
}

const indented = (text: string) => text.replaceAll('\n', '\n  ')

/** Which of the edits a failed transaction failed at, undefined when it is none alone. */
export function failedAt(thrown: unknown, edits: readonly Staged[]): number | undefined {
  if (!(thrown instanceof QueryError)) return undefined
  if (edits.length === 1) return 0
  const error = thrown.failure.errors[0]
  const [form, index] = error?.position ?? []
  if (form === 'do' && typeof index === 'number') return edits[index] ? index : undefined
  if (error?.from === undefined) return undefined
  // A text that does not parse has a place and no position.
  let begin = 'Do(\n'.length
  for (const [i, edit] of edits.entries()) {
    begin += `  ${indented(editText(edit))},\n`.length
    if (error.from < begin) return i
  }
  return undefined
}

const all = new Map<string, readonly Staged[]>()
const listeners = new Set<() => void>()
const none: readonly Staged[] = []
let created = 0

// Whoever signs in next must not save them.
whenLeft(() => {
  all.clear()
  tell()
})

function tell() {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The edits of a database, in order. */
export const useStaged = (database: string): readonly Staged[] => useSyncExternalStore(subscribe, () => all.get(database) ?? none)

/** Adds an edit; one of the same document is replaced where it stands. */
export function stage(database: string, edit: Staged): void {
  const edits = all.get(database) ?? none
  const key = keyOf(edit)
  const at = edits.findIndex((each) => keyOf(each) === key)
  all.set(database, at < 0 ? [...edits, edit] : edits.map((each, i) => (i === at ? edit : each)))
  tell()
}

/** A document to be created, which has a number until it has an id. */
export const creation = (collection: string, id: string, text: string): Staged => ({ kind: 'create', collection, id, text, number: ++created })

/** Takes edits out, all of them without keys. */
export function unstage(database: string, keys?: readonly string[]): void {
  const edits = all.get(database) ?? none
  all.set(database, keys === undefined ? none : edits.filter((edit) => !keys.includes(keyOf(edit))))
  tell()
}
