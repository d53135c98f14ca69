/** What became of one run of one pane. */

import type { FailureEvent, Range, ResultEvent, RunEvent } from '../../api/run'

export interface Outcome {
  /** The text that was run and where it began in the editor. */
  text: string
  offset: number
  /** Where its queries are in text, once it has parsed. */
  queries: Range[]
  /** In the order of the queries; a failure is the last. */
  answers: (ResultEvent | FailureEvent)[]
  /** Nothing more will come. */
  ended: boolean
  /** Why there is no whole answer: the connection, a cancel, a refusal. */
  trouble?: string
}

/** An outcome before anything has come. */
export const begun = (text: string, offset: number): Outcome => ({ text, offset, queries: [], answers: [], ended: false })

/** The outcome after one more event. */
export function after(outcome: Outcome, event: RunEvent): Outcome {
  switch (event.event) {
    case 'parsed':
      return { ...outcome, queries: event.queries }
    case 'result':
    case 'failure':
      return { ...outcome, answers: [...outcome.answers, event] }
    case 'done':
      return { ...outcome, ended: true }
  }
}

/** The query of an answer as it was written; the whole text when it did not parse. */
export function queryText(outcome: Outcome, index: number | undefined): string {
  const range = index === undefined ? undefined : outcome.queries[index]
  return range ? outcome.text.slice(range.from, range.to) : outcome.text
}

/** The failure that ended the run, if one did. */
export function failureOf(outcome: Outcome): FailureEvent | undefined {
  const last = outcome.answers.at(-1)
  return last?.event === 'failure' ? last : undefined
}

/** What a failure leaves behind, when there were several queries. */
export function remainder(outcome: Outcome): string | undefined {
  const failure = failureOf(outcome)
  const count = outcome.queries.length
  if (failure?.query === undefined || count < 2) return undefined
  const which = `Query ${failure.query + 1} of ${count} failed`
  const before = failure.query > 0 ? 'those before it are done' : ''
  const behind = failure.query < count - 1 ? 'those after it were not run' : ''
  return `${which}; ${[before, behind].filter(Boolean).join(', ')}.`
}

/** How far apart the first queries of outcomes began, in microseconds. */
export function apart(outcomes: Outcome[]): number | undefined {
  const starts = outcomes.map((o) => o.answers[0]?.at)
  if (starts.length < 2 || starts.includes(undefined)) return undefined
  const known = starts as number[]
  return Math.max(...known) - Math.min(...known)
}
