/** Reading what a node answers. */

import { parseExact } from '../../value/exact'

/** An error of a GraphQL answer, as far as pages show it. */
export interface GraphError {
  message: string
  locations?: { line: number; column: number }[]
  path?: (string | number)[]
  extensions?: Record<string, unknown>
}

/** The errors of an answer. */
export function errorsIn(text: string): GraphError[] {
  if (!text.includes('"errors"')) return [] // most have none, and can be long
  try {
    const { errors } = parseExact(text) as { errors?: unknown }
    return Array.isArray(errors) ? (errors as GraphError[]).filter((e) => typeof e?.message === 'string') : []
  } catch {
    return []
  }
}

/** JSON laid out over lines, every token as it came: parsing would round numbers. */
export function indented(json: string): string {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g) ?? []
  let depth = 0
  let out = ''
  const line = () => `\n${'  '.repeat(depth)}`
  tokens.forEach((token, i) => {
    const opens = token === '{' || token === '['
    const closes = token === '}' || token === ']'
    const before = tokens[i - 1]
    const empty = closes && (before === '{' || before === '[')
    if (opens) depth++
    if (closes) depth--
    if (closes && !empty) out += line()
    out += token === ':' ? ': ' : token
    const next = tokens[i + 1]
    if (token === ',' || (opens && next !== '}' && next !== ']')) out += line()
  })
  return out
}
