import { describe, expect, test } from 'vitest'
import type { FailureEvent, ResultEvent, RunEvent } from '../../api/run'
import { after, apart, begun, failureOf, queryText, remainder } from './outcome'

const text = 'Now();\nGet(Nothing());\nNow()'
const parsed: RunEvent = {
  event: 'parsed',
  script: 0,
  queries: [
    { from: 0, to: 5 },
    { from: 7, to: 21 },
    { from: 24, to: 29 },
  ],
}
const result = (query: number, at = 0): ResultEvent => ({ event: 'result', script: 0, query, at, took: 1, txn: 1, status: 200, shell: '1', json: '1' })
const failure = (query?: number): FailureEvent => ({ event: 'failure', script: 0, ...(query === undefined ? {} : { query }), errors: [] })
const run = (...events: RunEvent[]) => events.reduce(after, begun(text, 10))

test('a run gathers its answers and ends', () => {
  const outcome = run(parsed, result(0), failure(1), { event: 'done', script: 0, ran: 2, of: 3 })
  expect(outcome.ended).toBe(true)
  expect(outcome.answers).toHaveLength(2)
  expect(failureOf(outcome)?.query).toBe(1)
  expect(queryText(outcome, 1)).toBe('Get(Nothing())')
})

test('a text that does not parse stands for its query', () => {
  expect(queryText(run(failure()), undefined)).toBe(text)
})

describe('what a failure leaves', () => {
  test.each([
    [0, 'Query 1 of 3 failed; those after it were not run.'],
    [1, 'Query 2 of 3 failed; those before it are done, those after it were not run.'],
    [2, 'Query 3 of 3 failed; those before it are done.'],
  ])('at query %i', (query, words) => {
    expect(remainder(run(parsed, failure(query)))).toBe(words)
  })
  test('is not told of a single query, of none and of success', () => {
    expect(remainder(run({ ...parsed, queries: [{ from: 0, to: 5 }] }, failure(0)))).toBeUndefined()
    expect(remainder(run(failure()))).toBeUndefined()
    expect(remainder(run(parsed, result(0), result(1), result(2)))).toBeUndefined()
  })
})

test('two runs began as far apart as their first queries', () => {
  expect(apart([run(parsed, result(0, 40)), run(parsed, result(0, 12))])).toBe(28)
  expect(apart([run(parsed, result(0, 40)), run(parsed)])).toBeUndefined()
  expect(apart([run(parsed, result(0, 40))])).toBeUndefined()
})
