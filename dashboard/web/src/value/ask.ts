/** A query's answer in all its forms. */

import { ApiError } from '../api/http'
import { QueryError } from '../api/query'
import { runScripts, type FailureEvent, type ResultEvent } from '../api/run'
import { parseValue, type Value } from './parse'

/** What a query gave. */
export interface Answer {
  value: Value
  /** As the terminal's shell prints it. */
  shell: string
  /** The protocol's JSON, indented. */
  json: string
  /** The snapshot that was read, in microseconds since 1970. */
  txn: number
}

/** An answer that the server made and did not send, as it is too long; the message says so. */
export class Omitted extends Error {}

/** Runs one query in the database of that path; throws QueryError when it fails,
 *  ApiError when there is no answer, and Omitted when it is too long. */
export async function ask(database: string, text: string, signal?: AbortSignal): Promise<Answer> {
  let result: ResultEvent | undefined
  let failure: FailureEvent | undefined
  await runScripts(
    database,
    [{ text }],
    (event) => {
      if (event.event === 'result') result = event
      if (event.event === 'failure') failure = event
    },
    signal,
  )
  if (failure) throw new QueryError(failure)
  if (!result) throw new ApiError(0, [{ code: 'no answer', description: 'The answer has no result.' }])
  if (result.omitted) throw new Omitted(result.omitted)
  return { value: parseValue(result.json), shell: result.shell, json: result.json, txn: result.txn }
}
