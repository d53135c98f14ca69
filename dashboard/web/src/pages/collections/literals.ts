/** What somebody types as a value: a literal of the language, or plain text. */

import { fqlOf } from '../../value/fql'
import { Bytes, DateValue, Num, Obj, Query, Ref, Time, Uuid, type Value } from '../../value/types'
import { isArray } from '../../value/access'
import { parseValue } from '../../value/parse'

/** A value at once, or FQL that only the server can read. */
export type Typed = { value: Value } | { fql: string } | { wrong: string }

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** What a text is taken for; undefined when there is none. Text needs quotes only where it
 *  would be something else without: "5", "true", "Time(". */
export function typed(text: string): Typed | undefined {
  const all = text.trim()
  if (all === '') return undefined
  if (all === 'true' || all === 'false') return { value: all === 'true' }
  if (all === 'null') return { value: null }
  if (number.test(all)) return isTooLarge(all) ? { wrong: 'Whole numbers have 64 bits.' } : { value: new Num(all) }
  if (all.startsWith('"')) return quoted(all)
  const literal = constant(all)
  if (literal) return { value: literal }
  if (/^(?:[A-Z]\w*\s*\(.*\)|\[.*\]|\{.*\}|'.*')$/s.test(all)) return { fql: all }
  return { value: all }
}

/** Times, dates and references, which need no server to be read. */
function constant(text: string): Value | undefined {
  const [, time] = /^Time\(\s*"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)"\s*\)$/.exec(text) ?? []
  if (time !== undefined) return new Time(time)
  const [, date] = /^Date\(\s*"(\d{4}-\d\d-\d\d)"\s*\)$/.exec(text) ?? []
  if (date !== undefined) return new DateValue(date)
  const [, collection, id] = /^Ref\(\s*Collection\(\s*"([\w.~%-]+)"\s*\)\s*,\s*"(\d{1,19})"\s*\)$/.exec(text) ?? []
  return collection !== undefined && id !== undefined ? new Ref(id, new Ref(collection, new Ref('collections'))) : undefined
}

const isTooLarge = (text: string) => /^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) !== BigInt(text)

function quoted(text: string): Typed {
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read === 'string') return { value: read }
  } catch {
    // It is told below.
  }
  return { wrong: 'The quotation mark is not closed, or something follows.' }
}

/** The type of a value, as conditions name it. */
export function typeOf(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'text'
  if (value instanceof Num) return value.isInteger ? 'whole number' : 'double'
  if (value instanceof Ref) return 'ref'
  if (value instanceof Time) return 'time'
  if (value instanceof DateValue) return 'date'
  if (value instanceof Bytes) return 'bytes'
  if (value instanceof Uuid) return 'uuid'
  if (isArray(value)) return 'array'
  if (value instanceof Obj) return 'object'
  return value instanceof Query ? 'function' : 'set'
}

/** A value as the protocol's JSON, so that a URL can hold it and nothing that acts. Throws
 *  for a function or set. */
export function wireText(value: Value): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (isArray(value)) return `[${value.map(wireText).join(',')}]`
  if (value instanceof Num) return value.text
  if (value instanceof Ref) return tag('ref', refWire(value))
  if (value instanceof Time) return tag('ts', JSON.stringify(value.text))
  if (value instanceof DateValue) return tag('date', JSON.stringify(value.text))
  if (value instanceof Bytes) return tag('bytes', JSON.stringify(value.base64))
  if (value instanceof Uuid) return tag('uuid', JSON.stringify(value.text))
  if (value instanceof Obj) return tag('obj', `{${[...value.fields].map(([name, member]) => `${JSON.stringify(name)}:${wireText(member)}`).join(',')}}`)
  throw new TypeError('A function or a set is no plain value.')
}

const tag = (name: string, payload: string) => `{"@${name}":${payload}}`

function refWire({ id, collection, database }: Ref): string {
  const parts = [`"id":${JSON.stringify(id)}`, ...(collection ? [`"collection":${wireText(collection)}`] : []), ...(database ? [`"database":${wireText(database)}`] : [])]
  return `{${parts.join(',')}}`
}

/** The value of the protocol's JSON, undefined for what is none that can be written out. */
export function valueIn(wire: unknown): { value: Value } | undefined {
  if (typeof wire !== 'string') return undefined
  try {
    const value = parseValue(wire)
    fqlOf(value)
    return { value }
  } catch {
    return undefined
  }
}

/** A value as somebody would type it. */
export function typedText(value: Value): string {
  if (typeof value !== 'string') return fqlOf(value)
  const read = typed(value)
  return read !== undefined && 'value' in read && read.value === value ? value : JSON.stringify(value)
}
