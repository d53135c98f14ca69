/** JSON of plain objects in which a number may be one that no double holds. */

import { Num } from './types'

/** As JSON.stringify, but a Num is written with all of its digits. What is undefined is
 *  left out. */
export function jsonText(value: unknown, indent = 0): string {
  return written(value, indent, '') ?? 'null'
}

function written(value: unknown, indent: number, margin: string): string | undefined {
  if (value instanceof Num) return value.text
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) as string | undefined
  const inner = margin + ' '.repeat(indent)
  const parts = Array.isArray(value)
    ? value.map((each) => written(each, indent, inner) ?? 'null')
    : Object.entries(value).flatMap(([name, each]) => {
        const text = written(each, indent, inner)
        return text === undefined ? [] : [`${JSON.stringify(name)}:${indent > 0 ? ' ' : ''}${text}`]
      })
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  if (parts.length === 0 || indent === 0) return open + parts.join(',') + close
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`
}
