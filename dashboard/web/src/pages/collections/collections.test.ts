import { describe, expect, test } from 'vitest'
import { parseValue } from '../../value/parse'
import { columnsOf } from './columns'
import { definitionsOf, matching, namesOf } from './definitions'
import { placeIn, searchOf, type Place } from './place'
import { collectionText, countOf, definitionsText, documentText, pageOf, pageText } from './texts'

const start: Place = { cursor: { at: 'start' }, size: 50, view: 'table' }

describe('place', () => {
  test.each<[search: Record<string, unknown>, place: Place]>([
    [{}, start],
    [{ page: 'after-481346380202246359' }, { ...start, cursor: { at: 'after', id: '481346380202246359' } }],
    [{ page: 'before-1', size: 25 }, { ...start, cursor: { at: 'before', id: '1' }, size: 25 }],
    [{ page: 'end', view: 'list' }, { ...start, cursor: { at: 'end' }, view: 'list' }],
  ])('%j there and back', (search, place) => {
    expect(placeIn(search)).toEqual(place)
    expect(searchOf(place)).toEqual(search)
  })

  test.each<[search: Record<string, unknown>]>([
    [{ page: 'after-1"], x' }],
    [{ page: 'after-99999999999999999999' }],
    [{ page: 7, size: 1e9, view: {} }],
    [{ size: 'many' }],
  ])('%j is as if it were not there', (search) => expect(placeIn(search)).toEqual(start))
})

describe('texts', () => {
  test.each<[place: Partial<Place>, options: string]>([
    [{}, '{size: 50}'],
    [{ cursor: { at: 'end' }, size: 25 }, '{size: 25, before: null}'],
    [{ cursor: { at: 'after', id: '7' } }, '{size: 50, after: [Ref(Collection("a\\"b"), "7")]}'],
    [{ cursor: { at: 'before', id: '7' } }, '{size: 50, before: [Ref(Collection("a\\"b"), "7")]}'],
  ])('a page of %j', (place, options) =>
    expect(pageText('a"b', { ...start, ...place })).toBe(`Map(
  Paginate(Documents(Collection("a\\"b")), ${options}),
  Lambda("ref", Get(Var("ref")))
)`),
  )

  test('the page and the count are one query', () =>
    expect(collectionText('a', start)).toBe(`{
  page: ${pageText('a', start)},
  count: Count(Select("data", Paginate(Documents(Collection("a")), {size: 1001})))
}`))

  test('definitions are asked by name', () => expect(definitionsText(['a', 'b"'])).toContain('["a","b\\""],'))

  test('a document now and at an instant', () => {
    expect(documentText('r')).toBe('Get(r)')
    expect(documentText('r', 12)).toBe('At(12, Get(r))')
  })

  test.each([
    [0, '0'],
    [1000, '1,000'],
    [1001, '1,000+'],
  ])('%d is told as %s', (count, told) => expect(countOf(count)).toBe(told))
})

const ref = (id: string) => `{"@ref":{"id":"${id}","collection":{"@ref":{"id":"a","collection":{"@ref":{"id":"collections"}}}}}}`

describe('pages', () => {
  test.each<[json: string, before: string | undefined, after: string | undefined]>([
    ['{"data":[]}', undefined, undefined],
    [`{"before":[${ref('1')}],"after":[${ref('9')}],"data":[]}`, '1', '9'],
    [`{"before":[${ref('1')}],"after":[null],"data":[]}`, '1', undefined],
  ])('%s', (json, before, after) => expect(pageOf(parseValue(`{"page":${json},"count":3}`))).toEqual({ documents: [], count: 3, before, after }))
})

describe('columns', () => {
  test.each<[documents: string, columns: string[]]>([
    ['[]', []],
    [`[{"ref":${ref('1')},"ts":1}]`, []],
    ['[{"data":{"a":1,"b":"x"}},{"data":{"c":null,"a":2}}]', ['data.a figures', 'data.b', 'data.c']],
    ['[{"data":{"a":1.25}},{"data":{"a":10.5}},{"data":{}}]', ['data.a figures 2']],
    ['[{"data":{"a":1.123456789}}]', ['data.a figures']],
    ['[{"data":{"a":1}},{"data":{"a":"1"}}]', ['data.a']],
    ['[{"ttl":{"@ts":"2020-01-02T03:04:05Z"},"data":{"x":true}}]', ['data.x', 'ttl']],
    ['[{"data":{"z":1,"10":2,"":3}}]', ['data.z figures', 'data.10 figures', 'data. figures']],
  ])('%s', (documents, columns) =>
    expect(columnsOf(parseValue(documents) as []).map((c) => `${c.path.join('.')}${c.figures ? ' figures' : ''}${c.decimals > 0 ? ` ${c.decimals}` : ''}`)).toEqual(columns),
  )
})

describe('definitions', () => {
  const named = (name: string) => `{"@ref":{"id":"${name}","collection":{"@ref":{"id":"collections"}}}}`

  test('names in alphabetical order, numbers by their size', () =>
    expect(namesOf(parseValue(`{"data":[${['t10', 'b', 't9', 'A'].map(named).join()}],"after":[1]}`))).toEqual({ names: ['A', 'b', 't9', 't10'], more: true }))

  test.each([
    ['', 3],
    [' ord ', 1],
    ['S', 2],
    ['x', 0],
  ])('%j finds %d', (text, found) => expect(matching(['orders', 'Stores', 'a'], text)).toHaveLength(found))

  test('what is gone is left out', () =>
    expect([
      ...definitionsOf(
        parseValue('[null,{"definition":{"name":"a","ts":5,"history_days":0},"count":2},{"definition":{"name":"b","ttl_days":7},"count":0}]'),
      ).values(),
    ]).toEqual([
      { name: 'a', historyDays: 0, ttlDays: undefined, ts: 5, count: 2 },
      { name: 'b', historyDays: undefined, ttlDays: 7, ts: undefined, count: 0 },
    ]))
})
