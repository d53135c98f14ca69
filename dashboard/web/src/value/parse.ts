/** From the protocol's JSON to values. */

import { readJson } from './json'
import { Bytes, DateValue, Obj, Query, Ref, SetValue, Time, Uuid, type Value } from './types'

export { Bytes, DateValue, Num, Obj, Query, Ref, SetValue, Time, Uuid, type Scalar, type Value } from './types'
export { fieldsOf, get, isRef, pathOf, refOf, stringOf } from './access'

/** The value of the wire JSON of a resource. Throws SyntaxError when it is no JSON
 *  or a tag holds what it cannot. */
export function parseValue(json: string): Value {
  return readJson(json, untag)
}

/** What an object with a tag stands for; any other object is itself. */
function untag(object: Obj): Value {
  if (object.fields.size !== 1) return object
  const [tag, payload] = [...object.fields][0]!
  const read = tags.get(tag)
  return read ? read(payload) : object
}

const tags: ReadonlyMap<string, (payload: Value) => Value> = new Map<string, (payload: Value) => Value>([
  ['@ref', ref],
  ['@ts', (payload) => new Time(string(payload))],
  ['@date', (payload) => new DateValue(string(payload))],
  ['@bytes', (payload) => new Bytes(string(payload))],
  ['@uuid', (payload) => new Uuid(string(payload))],
  ['@set', (payload) => new SetValue(payload)],
  ['@query', (payload) => new Query(object(payload))],
  ['@obj', object],
])

function ref(payload: Value): Ref {
  const { fields } = object(payload)
  const collection = fields.get('collection') ?? fields.get('class')
  return new Ref(string(fields.get('id') ?? null), member(collection), member(fields.get('database')))
}

const member = (value: Value | undefined) => (value instanceof Ref ? value : undefined)

function string(value: Value): string {
  if (typeof value !== 'string') throw new SyntaxError('A tag without its text.')
  return value
}

function object(value: Value): Obj {
  if (!(value instanceof Obj)) throw new SyntaxError('A tag without its object.')
  return value
}
