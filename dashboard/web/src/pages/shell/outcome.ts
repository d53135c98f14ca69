/** What became of one run of one pane. */

import type { FailureEvent, Range, ResultEvent, RunEvent } from '../../api/run'

export interface Outcome {
  /** The text that was run and where it began in the editor, whose lines and columns
   *  are counted from 1. */
  text: string
  /** Which run it is of: two panes may have been run at once or one after the other. */
  run: number
  offset: number
  line: number
  column: number
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
export const begun = (text: string, run: number, offset = 0, line = 1, column = 1): Outcome => ({ text, run, offset, line, column, queries: [], answers: [], ended: false })

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

/** The longest beginning of a query that stands above its answer, in characters. */
const longestLine = 200

/** A query in one line. Of a long one it is the beginning. What would turn the order of the
 *  letters around, and so show another query than the one that ran, is marked. */
export function lineOf(query: string): string {
  return query
    .slice(0, 10 * longestLine)
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
    .slice(0, longestLine)
}

/** The failure that ended the run, if one did. */
export function failureOf(outcome: Outcome): FailureEvent | undefined {
  const last = outcome.answers.at(-1)
  return last?.event === 'failure' ? last : undefined
}

/** Where in the editor an error is, of which the server told the place in the text. */
export function lineAndColumn(outcome: Outcome, at: { line: number; column: number }): { line: number; column: number } {
  return { line: outcome.line + at.line - 1, column: at.line === 1 ? outcome.column + at.column - 1 : at.column }
}

/** The first results, as many as there is to be of them, and how many are left. */
export function drawnOf(answers: Outcome['answers'], count: number): { drawn: ResultEvent[]; left: number } {
  const results = answers.filter((answer) => answer.event === 'result')
  return { drawn: results.slice(0, count), left: Math.max(0, results.length - count) }
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

/** Why a run that has ended has no answers at all. */
export function silence(outcome: Outcome): string | undefined {
  if (!outcome.ended || outcome.answers.length > 0 || outcome.trouble !== undefined) return undefined
  return outcome.queries.length === 0 ? 'There is no query in this text.' : 'Not run: the text in the other pane has a mistake.'
}

/** How far apart the first queries of one run began, in microseconds. */
export function apart(outcomes: Outcome[]): number | undefined {
  if (outcomes.some((o) => o.run !== outcomes[0]?.run)) return undefined
  const starts = outcomes.map((o) => o.answers[0]?.at)
  if (starts.length < 2 || starts.includes(undefined)) return undefined
  const known = starts as number[]
  return Math.max(...known) - Math.min(...known)
}
