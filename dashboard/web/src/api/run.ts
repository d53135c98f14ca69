/** Running FQL: texts go out, events come back one by one. */

import { ApiError, request } from './http'

/** Half-open range of a text in UTF-16 code units. */
export interface Range {
  from: number
  to: number
}

/** An error of a query with all that led to it. */
export interface Cause {
  code: string
  description: string
  /** Where in the text, when it has a place there. */
  from?: number
  to?: number
  line?: number
  column?: number
  /** The steps of the wire form's position. */
  position?: (string | number)[]
  failures?: { field: (string | number)[]; code: string; description: string }[]
  cause?: Cause[]
}

/** What a query took. */
export interface Cost {
  computeOps: number
  readOps: number
  writeOps: number
  reads: number
  writes: number
  bytesRead: number
  bytesWritten: number
  retries: number
}

/** `at` is when the query began, since the scripts began; it and `took` are in
 *  microseconds, `txn` in microseconds since 1970. */
export interface Timing {
  at: number
  took: number
  txn: number
  cost?: Cost
}

export interface ParsedEvent {
  event: 'parsed'
  script: number
  queries: Range[]
}

export interface ResultEvent extends Timing {
  event: 'result'
  script: number
  query: number
  status: number
  /** As the terminal's shell prints it. */
  shell: string
  /** The protocol's JSON, indented. */
  json: string
  /** Why both are empty, when there is too much to show. */
  omitted?: string
}

/** Without `query` the text did not parse, and nothing ran. */
export interface FailureEvent extends Partial<Timing> {
  event: 'failure'
  script: number
  query?: number
  status?: number
  /** The text of the query's own Abort. */
  abort?: string
  errors: Cause[]
}

export interface DoneEvent {
  event: 'done'
  script: number
  ran: number
  of: number
}

export type RunEvent = ParsedEvent | ResultEvent | FailureEvent | DoneEvent

/** One text to run, and how many columns its results may be wide. */
export interface Script {
  text: string
  columns?: number
}

/** As whom and as of when scripts run: the session's secret and now, if missing. */
export interface Manner {
  as?: { builtIn?: string; role?: string; document?: string; secret?: string }
  /** ISO text, or microseconds since 1970. */
  at?: string
}

/** Runs scripts at the same instant in the database of that path, and tells each
 *  event as it arrives. Resolves at the last one; aborting the signal cancels. */
export async function runScripts(database: string, scripts: Script[], onEvent: (event: RunEvent) => void, signal?: AbortSignal, manner: Manner = {}): Promise<void> {
  const answer = await request('POST', 'run', { database, scripts, ...manner }, signal)
  if (!answer.body) throw new ApiError(0, [{ code: 'no answer', description: 'The answer has no body.' }])
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let open = ''
  for (;;) {
    const { value, done } = await reader.read().catch(() => cut(signal))
    if (done) break
    const lines = (open + value).split('\n')
    open = lines.pop() ?? ''
    for (const line of lines) if (line !== '') onEvent(JSON.parse(line) as RunEvent)
  }
  if (open !== '') cut(signal)
}

/** The connection ended in the middle of the answer. */
function cut(signal?: AbortSignal): never {
  if (signal?.aborted) throw signal.reason
  throw new ApiError(0, [{ code: 'answer cut', description: 'The connection was cut. The query may or may not have happened.' }])
}
