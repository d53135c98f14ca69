/** The shape of documents: which fields they have, of which types, with which values. */

import { get, isArray } from '../../value/access'
import { Bytes, DateValue, Num, Obj, Query, SetValue, Time, type Value } from '../../value/types'
import { pathTold } from './fields'
import { typeOf, wireText } from './literals'

/** One field. null in a path is any element of an array. */
export interface FieldShape {
  path: readonly (string | null)[]
  name: string
  /** In how many documents it is. */
  documents: number
  /** How many values were seen: more than documents inside arrays. */
  values: number
  /** The types of the values, the most frequent first. */
  types: { type: string; count: number }[]
  /** The smallest and the largest of numbers, of times and of dates. */
  ranges: { type: string; least: Value; most: Value }[]
  /** The numbers of elements of arrays, of characters of texts. */
  lengths?: { of: 'elements' | 'characters'; least: number; most: number; mean: number }
  /** How many different values without members there are, and those that are most frequent. */
  different: number
  frequent: { value: Value; count: number }[]
}

export interface Shape {
  documents: number
  fields: FieldShape[]
  /** How many fields were left out. */
  more: number
}

/** More fields than this are not told apart: names may be data. */
const mostFields = 400
/** Longer values are not counted one by one. */
const longest = 300
/** How many of the most frequent values are told. */
const told = 12

interface Seen {
  path: (string | null)[]
  documents: number
  last: number
  values: number
  types: Map<string, number>
  least: Map<string, Value>
  most: Map<string, Value>
  elements: Lengths
  characters: Lengths
  counts: Map<string, { value: Value; count: number }>
}

interface Lengths {
  count: number
  sum: number
  least: number
  most: number
}

const noLengths = (): Lengths => ({ count: 0, sum: 0, least: Infinity, most: 0 })

/** The shape of the data of these documents, and of what they have beside it. A field stands
 *  before what is in it. */
export function shapeOf(documents: readonly Value[]): Shape {
  const all = new Map<string, Seen>()
  const left = new Set<string>()

  function seenAt(path: (string | null)[]): Seen | undefined {
    const key = JSON.stringify(path)
    const known = all.get(key)
    if (known) return known
    if (all.size >= mostFields) {
      left.add(key)
      return undefined
    }
    const seen: Seen = { path, documents: 0, last: -1, values: 0, types: new Map(), least: new Map(), most: new Map(), elements: noLengths(), characters: noLengths(), counts: new Map() }
    all.set(key, seen)
    return seen
  }

  function walk(value: Value, path: (string | null)[], document: number): void {
    const seen = seenAt(path)
    if (!seen) return
    note(seen, value, document)
    if (value instanceof Obj) for (const [name, member] of value.fields) walk(member, [...path, name], document)
    if (isArray(value)) for (const element of value) walk(element, [...path, null], document)
  }

  documents.forEach((document, i) => {
    const data = get(document, 'data')
    if (data instanceof Obj) for (const [name, member] of data.fields) walk(member, ['data', name], i)
    const ttl = get(document, 'ttl')
    if (ttl !== undefined) walk(ttl, ['ttl'], i)
  })
  return { documents: documents.length, fields: inOrder([...all.values()]).map(fieldOf), more: left.size }
}

function note(seen: Seen, value: Value, document: number): void {
  if (seen.last !== document) seen.documents++
  seen.last = document
  seen.values++
  const type = typeOf(value)
  seen.types.set(type, (seen.types.get(type) ?? 0) + 1)
  const ranged = value instanceof Num ? 'number' : type === 'time' || type === 'date' ? type : undefined
  if (ranged !== undefined) {
    if (compared(value, seen.least.get(ranged)) < 0) seen.least.set(ranged, value)
    if (compared(seen.most.get(ranged), value) < 0) seen.most.set(ranged, value)
  }
  if (isArray(value)) measure(seen.elements, value.length)
  if (typeof value === 'string') measure(seen.characters, [...value].length)
  if (!isArray(value) && !(value instanceof Obj)) count(seen.counts, value)
}

function measure(lengths: Lengths, length: number): void {
  lengths.count++
  lengths.sum += length
  lengths.least = Math.min(lengths.least, length)
  lengths.most = Math.max(lengths.most, length)
}

function count(counts: Seen['counts'], value: Value): void {
  if (value instanceof Query || value instanceof SetValue || (value instanceof Bytes && value.length > longest)) return
  const key = wireText(value)
  if (key.length > longest) return
  const known = counts.get(key)
  if (known) known.count++
  else counts.set(key, { value, count: 1 })
}

/** Below 0 where the first is less; what is missing is more than all, or less than all. */
function compared(a: Value | undefined, b: Value | undefined): number {
  if (a === undefined || b === undefined) return -1
  if (a instanceof Num && b instanceof Num) {
    if (a.isInteger && b.isInteger) return Number(BigInt(a.text) - BigInt(b.text) > 0n) - Number(BigInt(a.text) - BigInt(b.text) < 0n)
    return Number(a.text) - Number(b.text)
  }
  const text = (value: Value) => (value instanceof Time || value instanceof DateValue ? value.text.replace(/Z$/, '') : '')
  return text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0
}

/** Fields in the order in which they came, each followed by what is in it. */
function inOrder(all: Seen[]): Seen[] {
  const inside = new Map<string, Seen[]>()
  for (const seen of all) {
    const parent = seen.path.length <= 2 && seen.path[0] === 'data' ? '' : seen.path.length === 1 ? '' : JSON.stringify(seen.path.slice(0, -1))
    inside.set(parent, [...(inside.get(parent) ?? []), seen])
  }
  const listed: Seen[] = []
  const add = (parent: string) => {
    for (const seen of inside.get(parent) ?? []) {
      listed.push(seen)
      add(JSON.stringify(seen.path))
    }
  }
  add('')
  return listed
}

function fieldOf(seen: Seen): FieldShape {
  const frequent = [...seen.counts.values()].sort((a, b) => b.count - a.count)
  const lengths = seen.elements.count > 0 ? ('elements' as const) : seen.characters.count > 0 ? ('characters' as const) : undefined
  const measured = lengths && seen[lengths]
  return {
    path: seen.path,
    name: toldPath(seen.path),
    documents: seen.documents,
    values: seen.values,
    types: [...seen.types].map(([type, of]) => ({ type, count: of })).sort((a, b) => b.count - a.count),
    ranges: [...seen.least].map(([type, least]) => ({ type, least, most: seen.most.get(type)! })),
    ...(lengths && measured ? { lengths: { of: lengths, least: measured.least, most: measured.most, mean: measured.sum / measured.count } } : {}),
    different: frequent.length,
    frequent: frequent.slice(0, told),
  }
}

/** data.lines[].price */
export const toldPath = (path: readonly (string | null)[]): string => path.reduce<string>((text, name) => (name === null ? `${text}[]` : text + (text === '' ? '' : '.') + pathTold([name])), '')

/** A share in words: 100 %, 33 %, less than 1 %. */
export function shareTold(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %'
  const percent = (100 * part) / whole
  if (percent < 1) return '< 1 %'
  return part < whole && percent > 99 ? '> 99 %' : `${Math.round(percent)} %`
}
