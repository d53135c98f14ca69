/** Conditions as they are being written. */

import type { Value } from '../../value/parse'
import { pathIn, pathTold } from './fields'
import { alone, takes, testText, types, type Condition, type Operator } from './filters'
import { typeOf, typed, typedText } from './literals'

/** One line of the form. `text` is the value as typed, or the name of a type. */
export interface Draft {
  field: string
  operator: Operator
  text: string
}

export const emptyDraft: Draft = { field: '', operator: 'is', text: '' }

/** What a draft says so far. */
export type Reading =
  | { state: 'empty' }
  | { state: 'wrong'; field?: string; value?: string }
  /** `kind` is what the value is taken for. */
  | { state: 'ready'; condition: Condition; kind?: string }
  /** The value is a call, which the server evaluates. */
  | { state: 'call'; make: (value: Value) => Condition | undefined; fql: string; test: string }

export function readingOf({ field, operator, text }: Draft): Reading {
  if (field.trim() === '') return { state: 'empty' }
  const path = pathIn(field)
  if (!path) return { state: 'wrong', field: 'A path, such as data.address.city or data."a.b"[0].' }
  if (alone.has(operator)) return { state: 'ready', condition: { path, operator, value: null } }
  if (operator === 'type') return { state: 'ready', condition: { path, operator, value: types[text] === undefined ? 'text' : text } }
  const value = typed(text)
  if (!value) return { state: 'empty' }
  if ('wrong' in value) return { state: 'wrong', value: value.wrong }
  const make = (given: Value) => (takes(operator, given) ? { path, operator, value: given } : undefined)
  if ('fql' in value) return { state: 'call', fql: value.fql, make, test: testText(path, operator, value.fql) }
  const condition = make(value.value)
  return condition ? { state: 'ready', condition, kind: typeOf(value.value) } : { state: 'wrong', value: 'This takes text.' }
}

/** A condition as somebody would write it. */
export const draftOf = ({ path, operator, value }: Condition): Draft => ({ field: pathTold(path), operator, text: alone.has(operator) ? '' : operator === 'type' ? String(value) : typedText(value) })
