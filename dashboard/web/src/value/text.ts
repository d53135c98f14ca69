/** Values as text: as FQL that gives them again, and as one short line. */

import { fieldsOf, isArray, pathOf } from './access'
import { Bytes, DateValue, Num, Obj, Query, Ref, SetValue, Time, Uuid, type Value } from './types'

/** The functions that name a definition of each native collection. */
const definers: Readonly<Record<string, string>> = {
  databases: 'Database',
  collections: 'Collection',
  indexes: 'Index',
  functions: 'Function',
  roles: 'Role',
  access_providers: 'AccessProvider',
}

/** The functions that name the native collections themselves. */
const natives: Readonly<Record<string, string>> = {
  databases: 'Databases',
  collections: 'Collections',
  indexes: 'Indexes',
  functions: 'Functions',
  roles: 'Roles',
  keys: 'Keys',
  tokens: 'Tokens',
  credentials: 'Credentials',
  access_providers: 'AccessProviders',
}

/** The FQL that gives the reference: Ref(Collection("people"), "1"), Function("f"). */
export function refText(ref: Ref): string {
  const target = pathOf(ref)
  const scope = scopeText(target.database)
  switch (target.kind) {
    case 'document':
      return `Ref(${call('Collection', JSON.stringify(target.collection), scope)}, ${JSON.stringify(target.id)})`
    case 'native':
      return call(natives[target.native] ?? target.native, scope)
    case 'definition': {
      const definer = definers[target.native]
      if (definer) return call(definer, JSON.stringify(target.name), scope)
      return `Ref(${call(natives[target.native] ?? target.native, scope)}, ${JSON.stringify(target.name)})`
    }
  }
}

function scopeText(names: string[]): string {
  return names.reduce((scope, name) => call('Database', JSON.stringify(name), scope), '')
}

const call = (name: string, ...args: string[]) => `${name}(${args.filter((arg) => arg !== '').join(', ')})`

/** A value on one line of about `limit` characters, for a cell of a table. What
 *  is left out is marked with an ellipsis; strings stand without quotes at the top. */
export function lineOf(value: Value, limit = 160): string {
  if (typeof value === 'string') return cut(oneLine(value), limit)
  return cut(inner(value, limit), limit)
}

function inner(value: Value, room: number): string {
  if (typeof value === 'string') return JSON.stringify(cut(value, Math.max(room, 8)))
  if (isArray(value)) return list(value, room, '[', ']', (element, left) => inner(element, left))
  if (value instanceof Obj)
    return list([...value.fields], room, '{ ', ' }', ([name, member], left) => `${cut(name, 40)}: ${inner(member, left)}`)
  return scalarText(value)
}

/** Joins as many elements as there is room for. */
function list<T>(elements: readonly T[], room: number, open: string, close: string, text: (element: T, room: number) => string): string {
  if (elements.length === 0) return (open + close).replaceAll(' ', '')
  let line = open
  for (const [i, element] of elements.entries()) {
    if (i > 0) line += ', '
    if (line.length >= room) return `${line}…${close}`
    line += text(element, room - line.length)
  }
  return line + close
}

/** The text of a value without members, the same as in the shell; a function or
 *  a set is told in a few words. */
export function scalarText(value: Exclude<Value, readonly Value[] | Obj>): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Num) return value.text
  if (value instanceof Ref) return refText(value)
  if (value instanceof Time) return `Time("${value.text}")`
  if (value instanceof DateValue) return `Date("${value.text}")`
  if (value instanceof Bytes) return `Bytes("${cut(value.base64, 60)}")`
  if (value instanceof Uuid) return `UUID("${value.text}")`
  if (value instanceof Query) return queryLine(value)
  return setLine(value)
}

/** Lambda(["a", "b"], …) */
function queryLine(value: Query): string {
  const names = value.parameters.map((name) => JSON.stringify(name))
  const pattern = isArray(value.wire.fields.get('lambda')) ? `[${names.join(', ')}]` : names.join('')
  return `Lambda(${pattern}, …)`
}

/** The functions that make sets, by the first key of the wire form. */
const setMakers: Readonly<Record<string, string>> = {
  match: 'Match',
  documents: 'Documents',
  singleton: 'Singleton',
  events: 'Events',
  union: 'Union',
  intersection: 'Intersection',
  difference: 'Difference',
  distinct: 'Distinct',
  reverse: 'Reverse',
  range: 'Range',
  filter: 'Filter',
  join: 'Join',
}

/** Match(Index("by_name"), "x"), Union(Documents(Collection("a")), …). What cannot be
 *  told in a few words, as a lambda, is left out. */
function setLine(set: SetValue): string {
  const fields = fieldsOf(set.payload)
  const [key, maker] = Object.entries(setMakers).find(([name]) => fields.some(([field]) => field === name)) ?? ['', 'Set']
  const args = fields.map(([name, value]) => argumentText(name === key && many.has(key) && isArray(value) ? value : [value]))
  return `${maker}(${(maker === 'Filter' ? args.reverse() : args).join(', ')})`
}

/** The makers that take any number of sets. */
const many: ReadonlySet<string> = new Set(['union', 'intersection', 'difference'])

function argumentText(values: readonly Value[]): string {
  return values.map((value) => (value instanceof Obj && value.fields.has('lambda') ? '…' : inner(value, 60))).join(', ')
}

const oneLine = (text: string) => text.slice(0, 2000).replace(/\s+/gu, ' ')

/** The first `limit` characters, never half of one. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  const end = /[\uD800-\uDBFF]/.test(text[limit - 1]!) ? limit - 1 : limit
  return `${text.slice(0, end)}…`
}
