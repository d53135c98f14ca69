/** The columns of a table of documents. */

import { fieldsOf, get } from '../../value/access'
import { decimalsOf } from '../../value/figures'
import type { Value } from '../../value/parse'
import { Num } from '../../value/types'
import { pathTold } from './fields'

/** A field that some document of the page has. */
export interface Column {
  /** From the document: ['data', 'name'], or ['ttl']. */
  path: string[]
  name: string
  /** Whether all values are numbers, and how many digits they have after the point. */
  figures: boolean
  decimals: number
}

/** How many columns are drawn unless somebody wants all. */
export const columnsAtFirst = 24

/** More digits after the point than this are not aligned. */
const mostDecimals = 6

/** The fields of these documents in the order in which they first come, those of
 *  the data before the others. `ref` and `ts` have columns of their own. */
export function columnsOf(documents: Value[]): Column[] {
  const data = new Set<string>()
  const other = new Set<string>()
  for (const document of documents) {
    for (const [name] of fieldsOf(get(document, 'data'))) data.add(name)
    for (const [name] of fieldsOf(document)) if (!['ref', 'ts', 'data'].includes(name)) other.add(name)
  }
  return [...[...data].map((name) => ['data', name]), ...[...other].map((name) => [name])].map((path) => columnOf(documents, path))
}

function columnOf(documents: Value[], path: string[]): Column {
  const values = documents.map((document) => get(document, ...path)).filter((value) => value !== undefined && value !== null)
  const numbers = values.filter((value) => value instanceof Num)
  const decimals = Math.max(0, ...numbers.map((number) => decimalsOf(number.text)))
  return {
    path,
    name: path.at(-1)!,
    figures: values.length > 0 && numbers.length === values.length,
    decimals: decimals > mostDecimals ? 0 : decimals,
  }
}

/** How deep, and how many, fields are suggested. */
const [deepest, mostSuggested] = [5, 300]

/** The fields of these documents and of the objects in them, in the order in which they come. */
export function pathsOf(documents: readonly Value[]): string[] {
  const found = new Set<string>(['ref', 'ts'])
  const walk = (value: Value | undefined, path: readonly string[]) => {
    for (const [name, member] of fieldsOf(value)) {
      if (found.size >= mostSuggested) return
      const here = [...path, name]
      found.add(pathTold(here))
      if (here.length < deepest) walk(member, here)
    }
  }
  for (const document of documents) walk(get(document, 'data'), ['data'])
  return [...found]
}
