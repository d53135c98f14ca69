/** Reading values: members by path, and what a reference points to. */

import { Obj, Ref, type Value } from './types'

/** The value at the end of a path of names and indexes, undefined when it leads
 *  nowhere: get(document, 'data', 'stores', 0). */
export function get(value: Value | undefined, ...path: (string | number)[]): Value | undefined {
  let here = value
  for (const step of path) {
    if (here instanceof Obj) here = here.fields.get(String(step))
    else if (isArray(here) && typeof step === 'number') here = here[step]
    else return undefined
  }
  return here
}

/** Whether it is an array; Array.isArray does not know readonly ones. */
export function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value)
}

export function isRef(value: Value | undefined): value is Ref {
  return value instanceof Ref
}

/** The document's own reference, or the value itself when it is one. */
export function refOf(value: Value | undefined): Ref | undefined {
  const ref = value instanceof Obj ? value.fields.get('ref') : value
  return isRef(ref) ? ref : undefined
}

/** The text, or undefined for anything but a string. */
export function stringOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The members of an object in their order; none for anything else. */
export function fieldsOf(value: Value | undefined): [string, Value][] {
  return value instanceof Obj ? [...value.fields] : []
}

/** What a reference points to. `database` holds the names from the query's own
 *  database down to the foreign one, and is empty for the query's own. */
export type Target =
  | { kind: 'document'; database: string[]; collection: string; id: string }
  /** A definition by name or number: `native` is `collections`, `functions`, … */
  | { kind: 'definition'; database: string[]; native: string; name: string }
  /** A native collection itself. */
  | { kind: 'native'; database: string[]; native: string }

/** Takes a reference apart. */
export function pathOf(ref: Ref): Target {
  const { collection } = ref
  if (!collection) return { kind: 'native', database: namesOf(ref.database), native: nativeOf(ref.id) }
  const database = namesOf(ref.database ?? collection.database)
  if (collection.collection) return { kind: 'document', database, collection: collection.id, id: ref.id }
  return { kind: 'definition', database, native: nativeOf(collection.id), name: ref.id }
}

/** `classes` is the protocol's old word for collections. */
const nativeOf = (id: string) => (id === 'classes' ? 'collections' : id)

function namesOf(database: Ref | undefined): string[] {
  return database ? [...namesOf(database.database), database.id] : []
}
