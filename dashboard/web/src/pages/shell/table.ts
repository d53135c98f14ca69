/** Results as rows and columns. */

import { get, isArray } from '../../value/access'
import { decimalsOf } from '../../value/figures'
import { fqlOf } from '../../value/fql'
import { linkOf } from '../../value/links'
import { lineOf } from '../../value/text'
import { Bytes, DateValue, Num, Obj, Query, Ref, SetValue, Time, Uuid, type Value } from '../../value/types'

export interface Column {
  /** From the row to the value: ['data', 'name'] of a document, [0] of an array, [] for a
   *  row that is no object. */
  path: readonly (string | number)[]
  name: string
  /** Whether it is beside the data of a document. */
  outside: boolean
  /** Whether all values are numbers, and how many digits they have after the point. */
  figures: boolean
  decimals: number
  /** How wide it should be, in characters. */
  width: number
}

export interface Table {
  rows: readonly Value[]
  columns: Column[]
  /** Whether there is a page after this one. */
  more: boolean
}

/** A result as a table, or a sentence why it is none. A page or an array has an element
 *  in each row, one object is one row. Of documents the members of the data are columns, of
 *  objects their members, of arrays their places. */
export function tableOf(value: Value): Table | string {
  const page = pageOf(value)
  const rows = page?.rows ?? (isArray(value) ? value : value instanceof Obj ? [value] : undefined)
  if (!rows) return `${told(value)} is no table.`
  if (rows.length === 0) return page ? 'This page is empty.' : 'This array is empty.'
  const columns = columnsOf(rows)
  if (columns.length === 0) return 'There is nothing in these objects that could be a column.'
  return { rows, columns, more: page?.more ?? false }
}

function pageOf(value: Value): { rows: readonly Value[]; more: boolean } | undefined {
  const data = get(value, 'data')
  if (!isArray(data) || get(value, 'ref') !== undefined) return undefined
  return { rows: data, more: get(value, 'after') !== undefined }
}

/** Whether a row is a document, as Get gives it. */
export const isDocument = (row: Value): row is Obj => get(row, 'ref') instanceof Ref && get(row, 'ts') instanceof Num

/** The names of parts of a row that come first, in this order. */
const first = ['ref', 'ts']

function columnsOf(rows: readonly Value[]): Column[] {
  const paths = new Map<string, { path: readonly (string | number)[]; rank: number }>()
  const add = (path: readonly (string | number)[], rank: number) => {
    const key = JSON.stringify(path)
    if (!paths.has(key)) paths.set(key, { path, rank })
  }
  const documents = rows.some(isDocument)
  for (const row of rows) {
    if (row instanceof Obj) {
      const data = isDocument(row) ? get(row, 'data') : undefined
      for (const name of row.fields.keys()) {
        if (data instanceof Obj && name === 'data') for (const member of data.fields.keys()) add(['data', member], 2)
        else add([name], isDocument(row) && first.includes(name) ? first.indexOf(name) : documents ? 3 : 2)
      }
    } else if (isArray(row) && row.length > 0) row.forEach((_, i) => add([i], 4))
    else add([], 5)
  }
  const sorted = [...paths.values()].sort((a, b) => a.rank - b.rank)
  return sorted.map(({ path, rank }) => columnOf(rows, path, documents && rank !== 2))
}

/** More digits after the point than this are not aligned. */
const mostDecimals = 6

/** So many rows decide how wide a column is. */
const sampled = 100

const narrowest = 4
const widest = 40

function columnOf(rows: readonly Value[], path: Column['path'], outside: boolean): Column {
  const values = rows.map((row) => valueAt(row, path)).filter((value) => value !== undefined && value !== null)
  const numbers = values.filter((value) => value instanceof Num)
  const decimals = Math.max(0, ...numbers.map((number) => decimalsOf(number.text)))
  const name = path.length === 0 ? 'value' : String(typeof path[0] === 'number' ? `value ${path[0] + 1}` : path.at(-1))
  const lengths = values.slice(0, sampled).map(lengthOf)
  return {
    path,
    name,
    outside,
    figures: values.length > 0 && numbers.length === values.length,
    decimals: decimals > mostDecimals ? 0 : decimals,
    width: Math.min(widest, Math.max(narrowest, name.length + 1, ...lengths)),
  }
}

/** The value of a row in a column, undefined when it has none there. */
export function valueAt(row: Value, path: Column['path']): Value | undefined {
  if (path.length > 0) return get(row, ...path)
  return row instanceof Obj || (isArray(row) && row.length > 0) ? undefined : row
}

/** How many characters a cell shows of a value. */
function lengthOf(value: Value): number {
  if (value instanceof Ref) return linkOf([], value).label.length + 1
  if (value instanceof Time) return 20
  return lineOf(value, widest).length
}

/** What a cell says when it is copied: a string as it is, all else as FQL. */
export function cellText(value: Value | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  try {
    return fqlOf(value)
  } catch {
    return lineOf(value) // a function or set in it, which only the server can write out
  }
}

/** The table as spreadsheets take it: a line a row, tabs between cells. */
export function tabbed({ rows, columns }: Table): string {
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ path }) => cellText(valueAt(row, path))))]
  return lines.map((cells) => cells.map(quoted).join('\t')).join('\n')
}

const quoted = (text: string) => (/[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** What a value is, at the beginning of a sentence. */
function told(value: Value): string {
  if (typeof value === 'string') return 'A string'
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  const kinds: readonly [new (...args: never[]) => object, string][] = [
    [Num, 'A number'],
    [Ref, 'A reference'],
    [Time, 'A time'],
    [DateValue, 'A date'],
    [Bytes, 'A string of bytes'],
    [SetValue, 'A set that is not paginated'],
    [Query, 'A function'],
    [Uuid, 'A UUID'],
  ]
  return kinds.find(([kind]) => value instanceof kind)?.[1] ?? 'This'
}
