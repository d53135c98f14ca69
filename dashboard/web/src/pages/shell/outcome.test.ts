import { describe, expect, test } from 'vitest'
import type { FailureEvent, ResultEvent, RunEvent } from '../../api/run'
import { interval } from './interval'
import { after, apart, begun, drawnOf, failureOf, lineAndColumn, lineOf, queryText, remainder, silence } from './outcome'

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
const run = (...events: RunEvent[]) => events.reduce(after, begun(text, 1, 10))

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

test('places count in the lines of the editor, also those of a selection', () => {
  const all = begun(text, 1)
  expect(lineAndColumn(all, { line: 2, column: 5 })).toEqual({ line: 2, column: 5 })
  const selected = begun('Get(Nothing());\nNow()', 1, 7, 2, 4)
  expect(lineAndColumn(selected, { line: 1, column: 5 })).toEqual({ line: 2, column: 8 })
  expect(lineAndColumn(selected, { line: 2, column: 5 })).toEqual({ line: 3, column: 5 })
})

test('of many results the first are drawn, and the failure is none of them', () => {
  const { answers } = run(parsed, result(0), result(1), failure(2))
  expect(drawnOf(answers, 1)).toEqual({ drawn: [result(0)], left: 1 })
  expect(drawnOf(answers, 5)).toEqual({ drawn: [result(0), result(1)], left: 0 })
})

test('a query is told in one line, in which letters keep their order', () => {
  expect(lineOf('\n Let({},\n\t1) ')).toBe('Let({}, 1)')
  expect(lineOf('Concat(["\u202eabc", "\u2066x"])')).toBe('Concat(["\ufffdabc", "\ufffdx"])')
  expect(lineOf('x'.repeat(5000))).toHaveLength(200)
})

test.each([
  [7, '7 µs'],
  [999, '999 µs'],
  [1000, '1.0 ms'],
  [9940, '9.9 ms'],
  [1234567, '1,235 ms'],
])('%i microseconds are %s', (micros, words) => {
  expect(interval(micros)).toBe(words)
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
  const later = { ...run(parsed, result(0, 12)), run: 2 }
  expect(apart([run(parsed, result(0, 40)), later])).toBeUndefined()
})

test('a run without answers says why', () => {
  const done: RunEvent = { event: 'done', script: 0, ran: 0, of: 0 }
  expect(silence(run({ ...parsed, queries: [] }, done))).toBe('There is no query in this text.')
  expect(silence(run(parsed, done))).toBe('Not run: the text in the other pane has a mistake.')
  expect(silence(run(failure(), done))).toBeUndefined()
  expect(silence(run(parsed))).toBeUndefined()
})
