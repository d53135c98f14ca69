/** Values as FQL that gives them again, whole, and texts of FQL laid out in lines. */

import { isArray } from './access'
import { refText } from './text'
import { Bytes, DateValue, Num, Obj, Query, Ref, SetValue, Time, Uuid, type Value } from './types'

/** The FQL of a value, which does nothing but give it. Throws for a function or set,
 *  which only the server can write out. Texts that come from elsewhere cannot break
 *  out of it. */
export function fqlOf(value: Value): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (isArray(value)) return `[${value.map(fqlOf).join(', ')}]`
  if (value instanceof Obj) return `{${[...value.fields].map(([name, member]) => `${JSON.stringify(name)}: ${fqlOf(member)}`).join(', ')}}`
  if (value instanceof Num) return value.text
  if (value instanceof Ref) return refText(value)
  if (value instanceof Time) return `Time(${JSON.stringify(value.text)})`
  if (value instanceof DateValue) return `Date(${JSON.stringify(value.text)})`
  if (value instanceof Bytes) return `Bytes(${JSON.stringify(value.base64)})`
  if (value instanceof Uuid) return `UUID(${JSON.stringify(value.text)})`
  if (value instanceof Query || value instanceof SetValue) throw new TypeError('A function or a set is no plain value.')
  return 'null'
}

/** A text of one expression in lines of about `width` characters: what is in brackets
 *  stays on a line where it fits, otherwise each part gets one of its own. */
export function laidOut(text: string, width = 80): string {
  if (/\/[/*]/.test(text.replace(strings, '""'))) return text // comments end with their lines
  const tokens = text.match(pieces) ?? []
  let at = 0

  /** The parts up to the closing bracket, each a list of words and groups. */
  function group(): Group {
    const open = tokens[at++]!
    const parts: Part[] = [[]]
    for (; at < tokens.length && !/^[\])}]$/.test(tokens[at]!); ) {
      if (tokens[at] === ',') {
        parts.push([])
        at++
      } else parts.at(-1)!.push(/^[[({]$/.test(tokens[at]!) ? group() : tokens[at++]!)
    }
    const close = tokens[at++] ?? ''
    return { open, parts: parts.filter((part) => part.some((word) => typeof word !== 'string' || word.trim() !== '')), close }
  }

  const top: Part = []
  while (at < tokens.length) top.push(/^[[({]$/.test(tokens[at]!) ? group() : tokens[at++]!)
  return trimmed(top)
    .map((word) => drawn(word, 0, width))
    .join('')
    .trim()
}

interface Group {
  open: string
  parts: Part[]
  close: string
}

type Part = (string | Group)[]

const strings = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g
const pieces = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[[\](){},]|\s+|[^\s"'[\](){},]+/g

const trimmed = (part: Part): Part => part.map((word) => (typeof word === 'string' && word.trim() === '' ? ' ' : word))

function flat(word: string | Group): string {
  if (typeof word === 'string') return word
  const inside = word.parts.map((part) => trimmed(part).map(flat).join('').trim()).join(', ')
  return word.open + inside + word.close
}

function drawn(word: string | Group, depth: number, width: number): string {
  if (typeof word === 'string') return word
  const line = flat(word)
  const indent = '  '.repeat(depth)
  if (indent.length + line.length <= width * 0.75 || word.parts.length === 0) return line
  const parts = word.parts.map((part) =>
    trimmed(part)
      .map((each) => drawn(each, depth + 1, width))
      .join('')
      .trim(),
  )
  return `${word.open}\n${parts.map((part) => `${indent}  ${part}`).join(',\n')}\n${indent}${word.close}`
}
