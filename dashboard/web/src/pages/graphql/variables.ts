/** The texts beside the operations. */

import { Num } from '../../value/types'
import { parse } from '../unis/registration'

/** The object that a text holds; none is an empty one. */
export function objectIn(text: string): { value: Record<string, unknown>; problem?: string } {
  if (text.trim() === '') return { value: {} }
  const { value, problem } = parse(text)
  if (problem !== undefined) return { value: {}, problem }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { value: {}, problem: 'not an object' }
  return { value: value as Record<string, unknown> }
}

/** The object of texts that a text holds, as headers are. */
export function textsIn(text: string): { value: Record<string, string>; problem?: string } {
  const { value, problem } = objectIn(text)
  if (problem !== undefined) return { value: {}, problem }
  const texts = Object.entries(value).map(([name, v]): [string, string] => [name, v instanceof Num ? v.text : String(v)])
  const odd = texts.find(([name]) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
  return odd ? { value: {}, problem: `${JSON.stringify(odd[0])} is no name of a header` } : { value: Object.fromEntries(texts) }
}
