import type { LRParser } from '@lezer/lr'
import { known } from './known'
import { parser } from './parser'
import { functionName } from './parser.terms'

/** A function of the language as `GET /ui/api/language` tells it. */
export interface LanguageFunction {
  name: string
  /** One line such as `Get(refOrSet, [ts])`. */
  signature: string
  /** One line on what it gives or does. */
  summary: string
}

/** What replaces the grammar's `known`: the token for the names in `names`. */
export function knownIn(names: ReadonlySet<string>) {
  return { from: known, to: (name: string) => (names.has(name) ? functionName : -1) }
}

const capital = /^[A-Z]/
const numbers = new Set(['NaN', 'Infinity'])

/**
 * The parser of results and of pieces of them. A result holds no names but those of
 * functions, so that it needs no list.
 */
export const resultParser: LRParser = parser.configure({
  top: 'Fragment',
  specializers: [{ from: known, to: (name: string) => (capital.test(name) && !numbers.has(name) ? functionName : -1) }],
})
