/** Single queries, as pages need them. */

import { parseValue, type Value } from '../value/parse'
import { runScripts, type FailureEvent } from './run'

/** A query that the server refused, with all causes. */
export class QueryError extends Error {
  constructor(readonly failure: FailureEvent) {
    super(failure.abort ?? failure.errors.map((e) => e.description).join(' '))
  }
}

/** FQL with values written in as literals: fql`Get(Ref(Collection(${name}), ${id}))`.
 *  A JSON string or number is a literal of the language, so nothing can break out.
 *  What `raw` made stands as it is. */
export function fql(parts: TemplateStringsArray, ...values: (string | number | Raw)[]): string {
  return parts.reduce((text, part, i) => {
    const value = values[i - 1]
    return text + (value instanceof Raw ? value.text : JSON.stringify(value)) + part
  })
}

class Raw {
  constructor(readonly text: string) {}
}

/** Marks text that is FQL already. */
export const raw = (text: string): Raw => new Raw(text)

/** Runs one query in the database of that path and returns its value; throws
 *  QueryError when it fails. */
export async function query(database: string, text: string, signal?: AbortSignal): Promise<Value> {
  let json: string | undefined
  let omitted: string | undefined
  let failure: FailureEvent | undefined
  await runScripts(
    database,
    [{ text }],
    (event) => {
      if (event.event === 'result') ({ json, omitted } = event)
      if (event.event === 'failure') failure = event
    },
    signal,
  )
  if (failure) throw new QueryError(failure)
  if (omitted) throw new Error(omitted)
  return parseValue(json ?? 'null')
}
