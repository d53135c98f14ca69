import { describe, expect, test } from 'vitest'
import { parseValue } from '../../value/parse'
import { columnsOf } from './columns'
import { collections, definitionsOf, definitionsText, matching, namesOf, namesText } from './definitions'
import { Num } from '../../value/types'
import { told } from './Pager'
import { placeIn, searchOf, type Cursor, type Place } from './place'
import { collectionText, countOf, documentText, pageOf, pageText } from './texts'
import { chunksOf } from './useDefinitions'

const start: Place = { cursor: { at: 'start' }, view: 'table', where: [] }

describe('place', () => {
  test.each<[search: Record<string, unknown>, place: Place]>([
    [{}, start],
    [{ page: 'after-481346380202246359' }, { ...start, cursor: { at: 'after', id: '481346380202246359' } }],
    [{ page: 'before-1' }, { ...start, cursor: { at: 'before', id: '1' } }],
    [{ where: [['data.a', 'is', '5']], sort: '-by_a' }, { ...start, where: [{ path: ['data', 'a'], operator: 'is', value: new Num('5') }], order: { index: 'by_a', backwards: true } }],
    [{ view: 'shape' }, { ...start, view: 'shape' }],
    [{ page: 'end', view: 'list' }, { ...start, cursor: { at: 'end' }, view: 'list' }],
  ])('%j there and back', (search, place) => {
    expect(placeIn(search)).toEqual(place)
    expect(searchOf(place)).toEqual(search)
  })

  test.each<[search: Record<string, unknown>]>([
    [{ page: 'after-1"], x' }],
    [{ page: 'after-99999999999999999999' }],
    [{ page: 7, view: {} }],
    [{ where: 'x', sort: {} }],
    [{ where: [['data.a', 'is', 'Delete(x)'], ['data.a', 'like', '5'], ['', 'is', '5'], 7, ['data.a', 'begins', '5']] }],
  ])('%j is as if it were not there', (search) => expect(placeIn(search)).toEqual(start))
})

describe('texts', () => {
  test.each<[cursor: Cursor, options: string]>([
    [{ at: 'start' }, '{size: 100}'],
    [{ at: 'end' }, '{size: 100, before: null}'],
    [{ at: 'after', id: '7' }, '{size: 100, after: [Ref(Collection("a\\"b"), "7")]}'],
    [{ at: 'before', id: '7' }, '{size: 100, before: [Ref(Collection("a\\"b"), "7")]}'],
  ])('a page of %j', (cursor, options) =>
    expect(pageText('a"b', cursor)).toBe(`Map(
  Paginate(Documents(Collection("a\\"b")), ${options}),
  Lambda("ref", Get(Var("ref")))
)`),
  )

  test('the page and the count are one query', () =>
    expect(collectionText('a', start.cursor)).toBe(`{
  page: ${pageText('a', start.cursor)},
  count: Count(Select("data", Paginate(Documents(Collection("a")), {size: 1001})))
}`))

  test('definitions are asked by name', () => expect(definitionsText(collections, ['a', 'b"'])).toContain('["a","b\\""],'))

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

test.each<[number, number, boolean, string]>([
  [1, 1, false, '1 document'],
  [100, 250, true, '100 of 250 documents'],
  [100, 1001, true, '100 of 1,000+ documents'],
  [1300, 1001, true, '1,300+ documents'],
  [1300, 1001, false, '1,300 documents'],
])('%d of %d, more: %j', (shown, count, more, text) => expect(told(shown, count, more)).toBe(text))

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

  const plain = (name: string, about = '') => ({ name, about })

  test('names in alphabetical order, numbers by their size', () =>
    expect(namesOf(parseValue(`{"data":[${['t10', 'b', 't9', 'A'].map(named).join()}],"after":[1]}`))).toEqual({ names: ['A', 'b', 't9', 't10'].map((name) => plain(name)), more: true }))

  test('what a filter looks at besides the name is read with it', () => {
    expect(namesText({ set: 'Indexes', about: { text: 'x', told: String } })).toBe('Map(Paginate(Indexes(), {size: 100000}), Lambda("ref", [Var("ref"), x]))')
    expect(namesOf(parseValue(`{"data":[[${named('i')},"stores"]]}`), String).names).toEqual([plain('i', 'stores')])
  })

  test.each([
    ['', 3],
    [' ord ', 1],
    ['S', 2],
    ['x', 0],
    ['CITY', 1],
  ])('%j finds %d', (text, found) => expect(matching([plain('orders'), plain('Stores'), plain('a', 'city')], text)).toHaveLength(found))

  test('what is gone is null', () =>
    expect([...definitionsOf(['x', 'a', 'b'], parseValue('[null,{"definition":{"name":"a","ts":5,"history_days":0},"count":2},{"definition":{"name":"b","ttl_days":7},"count":0}]'), collections.read)]).toEqual([
      ['x', null],
      ['a', { historyDays: 0, ttlDays: undefined, ts: 5, count: 2 }],
      ['b', { historyDays: undefined, ttlDays: 7, ts: undefined, count: 0 }],
    ]))

  test.each([
    [0, 0, ['0-99']],
    [95, 130, ['0-99', '100-199']],
    [240, 260, ['200-249']],
    [500, 600, ['200-249']],
  ])('rows %d to %d of 250 are in the chunks %j', (first, last, chunks) => {
    const all = Array.from({ length: 250 }, (_, i) => plain(String(i)))
    expect(chunksOf(all, first, last).map((names) => `${names[0]}-${names.at(-1)}`)).toEqual(chunks)
  })

  test('an empty list has no chunks', () => expect(chunksOf([], 0, 10)).toEqual([]))
})
