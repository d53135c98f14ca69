/** Conditions on documents: in a URL, and as FQL. */

import { fql, raw } from '../../api/query'
import { fqlOf } from '../../value/fql'
import { Bytes, DateValue, Num, Ref, Time, type Value } from '../../value/types'
import { pathIn, pathTold, type Path } from './fields'
import { valueIn, wireText } from './literals'

/** How a field is looked at. */
export type Operator = 'is' | 'not' | 'below' | 'to' | 'above' | 'from' | 'has' | 'begins' | 'there' | 'absent' | 'type'

export const operators: readonly { value: Operator; label: string }[] = [
  { value: 'is', label: 'equals' },
  { value: 'not', label: 'is not' },
  { value: 'below', label: '<' },
  { value: 'to', label: '≤' },
  { value: 'above', label: '>' },
  { value: 'from', label: '≥' },
  { value: 'has', label: 'contains' },
  { value: 'begins', label: 'starts with' },
  { value: 'there', label: 'exists' },
  { value: 'absent', label: 'is missing' },
  { value: 'type', label: 'has the type' },
]

/** The operators that need no value. */
export const alone: ReadonlySet<Operator> = new Set(['there', 'absent'])

/** The types that a field can be asked for, and the functions that tell. */
export const types: Readonly<Record<string, string>> = {
  text: 'IsString',
  number: 'IsNumber',
  'whole number': 'IsInteger',
  double: 'IsDouble',
  boolean: 'IsBoolean',
  time: 'IsTimestamp',
  date: 'IsDate',
  ref: 'IsRef',
  bytes: 'IsBytes',
  uuid: 'IsUUID',
  array: 'IsArray',
  object: 'IsObject',
}

/** What a document must fulfil. The value of `type` is the type's name. */
export interface Condition {
  path: Path
  operator: Operator
  value: Value
}

/** The conditions in a URL; what is none is left out. */
export function conditionsIn(where: unknown): Condition[] {
  return Array.isArray(where) ? where.flatMap((each: unknown) => conditionIn(each) ?? []) : []
}

function conditionIn(each: unknown): Condition | undefined {
  const [field, name, wire] = Array.isArray(each) ? (each as unknown[]) : []
  const path = typeof field === 'string' ? pathIn(field) : undefined
  const operator = operators.find(({ value }) => value === name)?.value
  if (!path || !operator) return undefined
  if (alone.has(operator)) return { path, operator, value: null }
  const read = valueIn(wire)
  if (!read || !takes(operator, read.value)) return undefined
  return { path, operator, value: read.value }
}

/** Whether an operator can be asked with a value. */
export function takes(operator: Operator, value: Value): boolean {
  if (operator === 'begins') return typeof value === 'string'
  return operator !== 'type' || (typeof value === 'string' && types[value] !== undefined)
}

/** The part of a URL. */
export const whereOf = (conditions: readonly Condition[]): string[][] =>
  conditions.map(({ path, operator, value }) => [pathTold(path), operator, ...(alone.has(operator) ? [] : [wireText(value)])])

/** The FQL that says whether Var("doc") fulfils all; undefined for none. */
export function conditionsText(conditions: readonly Condition[]): string | undefined {
  const texts = conditions.map((each) => testText(each.path, each.operator, fqlOf(each.value), each.value))
  return texts.length <= 1 ? texts[0] : `And(\n${texts.map((text) => `  ${text}`).join(',\n')}\n)`
}

/** The FQL of one condition. `literal` is its value as FQL, `value` what it is where that is
 *  known: then only values of that kind compare, though the language has an order for all. */
export function testText(path: Path, operator: Operator, literal: string, value?: Value): string {
  const steps = raw(JSON.stringify(path))
  const member = fql`Select(${steps}, Var("doc"), null)`
  // A document's ts is a number of microseconds; people ask for it by times.
  const field = raw(value instanceof Time && path.length === 1 && path[0] === 'ts' ? fql`Epoch(${raw(member)}, "microseconds")` : member)
  const given = raw(literal)
  switch (operator) {
    case 'is':
      return fql`Equals(${field}, ${given})`
    case 'not':
      return fql`Not(Equals(${field}, ${given}))`
    case 'below':
      return compared('LT')
    case 'to':
      return compared('LTE')
    case 'above':
      return compared('GT')
    case 'from':
      return compared('GTE')
    case 'has': {
      const inArray = fql`And(IsArray(${field}), ContainsValue(${given}, ${field}))`
      return value === undefined || typeof value === 'string' ? fql`If(IsString(${field}), ContainsStr(${field}, ${given}), ${raw(inArray)})` : inArray
    }
    case 'begins':
      return fql`And(IsString(${field}), StartsWith(${field}, ${given}))`
    case 'there':
      return fql`ContainsPath(${steps}, Var("doc"))`
    case 'absent':
      return fql`Not(ContainsPath(${steps}, Var("doc")))`
    case 'type':
      return fql`${raw(types[String(value)] ?? 'IsString')}(${field})`
  }

  function compared(name: string): string {
    const guard = guardOf(value)
    const text = fql`${raw(name)}(${field}, ${given})`
    return guard === undefined ? text : fql`And(${raw(guard)}(${field}), ${raw(text)})`
  }
}

function guardOf(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return 'IsString'
  if (typeof value === 'boolean') return 'IsBoolean'
  if (value instanceof Num) return 'IsNumber'
  if (value instanceof Time) return 'IsTimestamp'
  if (value instanceof DateValue) return 'IsDate'
  if (value instanceof Ref) return 'IsRef'
  if (value instanceof Bytes) return 'IsBytes'
  return undefined
}
