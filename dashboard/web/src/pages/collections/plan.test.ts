import { describe, expect, test } from 'vitest'
import { QueryError } from '../../api/query'
import { parseValue } from '../../value/parse'
import { DateValue, Num, Ref, type Value } from '../../value/types'
import { toldOf } from './FoundDocuments'
import type { Condition, Operator } from './filters'
import { isTooMuch } from './found'
import { atMost, look, once } from './look'
import { offersOf, type Offer } from './offers'
import { lookText, orders, planOf, shownText, tellsDoubles, type Order, type Plan } from './plan'

const offers: Offer[] = offersOf(
  parseValue(`[
  {"name":"by_city","terms":[{"field":["data","city"]}]},
  {"name":"by_city_and_zip","terms":[{"field":["data","city"]},{"field":["data","zip"]}]},
  {"name":"by_age","values":[{"field":["data","age"]},{"field":["ref"]}]},
  {"name":"by_name_down","values":[{"field":["data","name"],"reverse":true},{"field":["ref"]}]},
  {"name":"in_city_by_age","terms":[{"field":["data","city"]}],"values":[{"field":["data","age"]},{"field":["ref"]}]},
  {"name":"without_ref","terms":[{"field":["data","shoe"]}],"values":[{"field":["data","age"]}]},
  {"name":"computed","terms":[{"binding":"total"}]},
  {"name":"only_ref","terms":[{"field":["data","tag"]}],"values":[{"field":"ref"}]}
]`),
)

const where = (field: string, operator: Operator, value: Value): Condition => ({ path: ['data', field], operator, value })
const five = new Num('5')
const setOf = (conditions: Condition[], order?: Order) => {
  const { index, narrow, set, ref } = planOf('c"', conditions, offers, order)
  return `${index ? `${index.name} by ${index.by}` : 'scan'}${narrow ? ', narrow' : ''}: ${set} ${ref}`
}

test('an index whose entries lead to no document is none', () => expect(offers.map(({ name }) => name)).not.toContain('without_ref'))

test.each<[Condition[], string]>([
  [[], 'scan, narrow: Documents(Collection("c\\"")) Var("entry")'],
  [[where('city', 'is', 'O"')], 'by_city by terms, narrow: Match(Index("by_city"), "O\\"") Var("entry")'],
  [[where('city', 'is', 'O'), where('zip', 'is', five)], 'by_city_and_zip by terms, narrow: Match(Index("by_city_and_zip"), ["O", 5]) Var("entry")'],
  [[where('zip', 'is', five)], 'scan: Documents(Collection("c\\"")) Var("entry")'],
  [[where('city', 'not', 'O')], 'scan: Documents(Collection("c\\"")) Var("entry")'],
  [[where('city', 'is', null)], 'scan: Documents(Collection("c\\"")) Var("entry")'],
  [[where('city', 'is', ['a'])], 'scan: Documents(Collection("c\\"")) Var("entry")'],
  [[where('shoe', 'is', five)], 'scan: Documents(Collection("c\\"")) Var("entry")'],
  [[where('tag', 'is', 'x')], 'only_ref by terms, narrow: Match(Index("only_ref"), "x") Var("entry")'],
  [[where('age', 'above', five)], 'by_age by range, narrow: Range(Match(Index("by_age")), [5], []) Select(1, Var("entry"))'],
  [[where('age', 'from', five), where('age', 'below', new Num('9'))], 'by_age by range, narrow: Range(Match(Index("by_age")), [5], [9]) Select(1, Var("entry"))'],
  [[where('age', 'is', five), where('x', 'is', five)], 'by_age by range: Range(Match(Index("by_age")), [5], [5]) Select(1, Var("entry"))'],
  [[where('name', 'from', 'm')], 'by_name_down by range, narrow: Range(Match(Index("by_name_down")), [], ["m"]) Select(1, Var("entry"))'],
  [[where('name', 'below', 'm')], 'by_name_down by range, narrow: Range(Match(Index("by_name_down")), ["m"], []) Select(1, Var("entry"))'],
  [[where('city', 'is', 'O'), where('age', 'to', five)], 'in_city_by_age by terms, narrow: Range(Match(Index("in_city_by_age"), "O"), [], [5]) Select(1, Var("entry"))'],
  [[where('city', 'is', new DateValue('2020-01-01'))], 'by_city by terms, narrow: Match(Index("by_city"), Date("2020-01-01")) Var("entry")'],
])('%j', (conditions, expected) => expect(setOf(conditions)).toBe(expected))

test.each<[Condition[], Order, string]>([
  [[], { index: 'by_age', backwards: false }, 'by_age by order, narrow: Match(Index("by_age")) Select(1, Var("entry"))'],
  [[], { index: 'by_age', backwards: true }, 'by_age by order, narrow: Reverse(Match(Index("by_age"))) Select(1, Var("entry"))'],
  [[where('age', 'above', five)], { index: 'by_age', backwards: true }, 'by_age by range, narrow: Reverse(Range(Match(Index("by_age")), [5], [])) Select(1, Var("entry"))'],
  [[where('city', 'is', 'O')], { index: 'by_age', backwards: false }, 'by_age by order: Match(Index("by_age")) Select(1, Var("entry"))'],
  [[], { index: 'in_city_by_age', backwards: false }, 'scan, narrow: Documents(Collection("c\\"")) Var("entry")'],
  [[where('city', 'is', 'O')], { index: 'gone', backwards: false }, 'scan: Documents(Collection("c\\"")) Var("entry")'],
])('%j in the order %j', (conditions, order, expected) => expect(setOf(conditions, order)).toBe(expected))

test('the orders that are offered', () => {
  expect(orders(offers, []).map(({ name }) => name)).toEqual(['by_age', 'by_name_down'])
  expect(orders(offers, [where('city', 'is', 'O')]).map(({ name }) => name)).toEqual(['by_age', 'by_name_down', 'in_city_by_age'])
})

test('terms tell whole numbers from doubles', () => {
  const of = (conditions: Condition[]) => tellsDoubles(planOf('c', conditions, offers), conditions, offers)
  expect([of([where('city', 'is', five)]), of([where('city', 'is', 'x')]), of([where('age', 'is', five)])]).toEqual([true, false, false])
})

test('the query as it is shown and as it runs', () => {
  const plan = planOf('c', [where('city', 'is', 'O')], offers)
  expect(shownText(plan, 100)).toBe(`Filter(
  Map(
    Paginate(Match(Index("by_city"), "O"), {size: 100}),
    Lambda("entry", Get(Var("entry")))
  ),
  Lambda("doc", Equals(Select(["data","city"], Var("doc"), null), "O"))
)`)
  expect(lookText(plan, 7, ', after: [1]')).toBe(`Let(
  {all: Map(Paginate(Match(Index("by_city"), "O"), {size: 7, after: [1]}), Lambda("entry", Get(Var("entry"))))},
  {looked: Count(Select("data", Var("all"))), page: Filter(Var("all"), Lambda("doc", Equals(Select(["data","city"], Var("doc"), null), "O")))}
)`)
  expect(shownText(planOf('c', [], []), 100)).not.toContain('Filter')
})

describe('looking', () => {
  const failure = (description: string) => new QueryError({ event: 'failure', script: 0, errors: [{ code: 'invalid argument', description }] })
  const scan: Plan = planOf('c', [where('x', 'is', five)], [])

  /** A server with so many documents, of which every n-th is found; above a size it refuses. */
  function server(all: number, every: number, refuses = Infinity) {
    const sizes: number[] = []
    const ask = (text: string) => {
      const size = Number(/size: (\d+)/.exec(text)![1])
      const from = Number(/after: \[(\d+)\]/.exec(text)?.[1] ?? 0)
      sizes.push(size)
      if (size > refuses) return Promise.reject(failure('Transaction does too much compute: got 1, limit: 0'))
      const to = Math.min(all, from + size)
      const found = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => i % every === 0)
      const json = `{"looked":${to - from},"page":{"data":[${found.map((i) => `{"ref":{"@ref":{"id":"${i}"}}}`).join()}]${to < all ? `,"after":[${to}]` : ''}}}`
      return Promise.resolve({ value: parseValue(json), shell: '', json: '', txn: 7 })
    }
    return { ask, sizes }
  }

  test.each([
    [50, 2, scan, { found: 25, looked: 50, after: undefined, sizes: [500] }],
    [100_000, 2, scan, { found: 250, looked: 500, after: '[500]', sizes: [500] }],
    [100_000, 100, scan, { found: 115, looked: 11500, after: '[11500]', sizes: [500, 1000, 2000, 4000, 4000] }],
    [100_000, 90_000, scan, { found: 1, looked: atMost, after: '[20000]', sizes: [500, 1000, 2000, 4000, 4000, 4000, 4000, 500] }],
    [1000, 1, { ...scan, narrow: true }, { found: 100, looked: 100, after: '[100]', sizes: [100] }],
    [0, 1, scan, { found: 0, looked: 0, after: undefined, sizes: [500] }],
  ])('through %d, of which every %d. is found', async (all, every, plan, expected) => {
    const { ask, sizes } = server(all, every)
    const { documents, looked, after } = await look(ask, plan, undefined, isTooMuch)
    expect({ found: documents.length, looked, after, sizes }).toEqual(expected)
  })

  test('it goes on where it ended', async () => expect((await look(server(1000, 300).ask, scan, '[500]', isTooMuch)).documents).toHaveLength(2))

  test('what is too much is asked for in smaller pieces', async () => {
    const { ask, sizes } = server(300, 1, 100)
    expect((await look(ask, scan, undefined, isTooMuch)).documents.length).toBeGreaterThanOrEqual(100)
    expect(sizes).toEqual([500, 125, 32, 64, 128, 32])
  })

  test('what fails one by one fails', () => expect(look(server(5, 1, 0).ask, scan, undefined, isTooMuch)).rejects.toThrow('too much compute'))
  test('what is no matter of size fails at once', () => expect(look(() => Promise.reject(failure('no')), scan, undefined, isTooMuch)).rejects.toThrow('no'))

  test('a document is there once', () => {
    const doc = (id: string) => parseValue(`{"ref":{"@ref":{"id":"${id}"}}}`)
    expect(once([doc('1'), doc('2'), doc('1')]).map((each) => (each as unknown as { fields: Map<string, Ref> }).fields.get('ref')?.id)).toEqual(['1', '2'])
  })
})

test.each([
  [0, 20_000, true, 'None found. 20,000 documents were looked at; there are more.'],
  [12, 12, false, '12 found. 12 documents were looked at, which are all.'],
  [1, 1, false, '1 found. 1 document was looked at, which are all.'],
])('%d of %d', (found, looked, more, told) => expect(toldOf(found, looked, more)).toBe(told))
