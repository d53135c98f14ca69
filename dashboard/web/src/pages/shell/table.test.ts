import { describe, expect, test } from 'vitest'
import { parseValue } from '../../value/parse'
import { tableOf, tabbed, valueAt, type Table } from './table'
import { openLevels, viewIn } from './views'

const shaped = (json: string) => tableOf(parseValue(json))
const table = (json: string): Table => {
  const result = shaped(json)
  if (typeof result === 'string') throw new Error(result)
  return result
}
const names = (json: string) => table(json).columns.map((c) => c.name)

const ref = (id: string) => `{"@ref":{"id":"${id}","collection":{"@ref":{"id":"stores","collection":{"@ref":{"id":"collections"}}}}}}`
const documents = `{"data":[
  {"ref":${ref('1')},"ts":1700000000000001,"data":{"name":"one","n":9007199254740993}},
  {"ref":${ref('2')},"ts":1700000000000002,"data":{"n":1.5,"in":{"a":[1,2]}},"ttl":{"@ts":"2030-01-01T00:00:00Z"}}
],"after":[${ref('3')}]}`

describe('what is a table', () => {
  test('a page of documents: ref and ts, the data, what is beside it', () => {
    const { columns, rows, more } = table(documents)
    expect(columns.map((c) => [c.name, c.outside])).toEqual([
      ['ref', true],
      ['ts', true],
      ['name', false],
      ['n', false],
      ['in', false],
      ['ttl', true],
    ])
    expect([rows.length, more]).toEqual([2, true])
    expect(columns[3]).toMatchObject({ figures: true, decimals: 1 })
  })

  test('no digit is lost', () => expect(tabbed(table(documents)).split('\n')[1]).toBe('"Ref(Collection(""stores""), ""1"")"\t1700000000000001\tone\t9007199254740993\t\t'))

  test.each([
    ['objects by their members', '[{"a":1,"b":2},{"b":3,"c":4}]', ['a', 'b', 'c']],
    ['one object is a row', '{"a":1,"ref":2}', ['a', 'ref']],
    ['one document is a row', `{"ref":${ref('1')},"ts":1,"data":{"x":1}}`, ['ref', 'ts', 'x']],
    ['a document whose data is a page is none', `{"ref":${ref('1')},"ts":1,"data":[1]}`, ['ref', 'ts', 'data']],
    ['values of an index', '{"data":[["x",1],["y",2,3]]}', ['value 1', 'value 2', 'value 3']],
    ['single values', '[1,"x",null]', ['value']],
    ['all sorts', '[1,{"a":1},["x"],[]]', ['a', 'value 1', 'value']],
    ['names that are no names', '[{"":1,"__proto__":2,"1":3}]', ['', '__proto__', '1']],
  ])('%s', (_, json, wanted) => expect(names(json)).toEqual(wanted))

  test('each row has its own in the column of values', () => {
    const { rows, columns } = table('[1,{"a":2},[3],[]]')
    const values = rows.map((row) => columns.map((c) => valueAt(row, c.path) !== undefined))
    expect(values).toEqual([
      [false, false, true],
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ])
  })
})

test.each([
  ['1', 'A number is no table.'],
  ['"x"', 'A string is no table.'],
  ['true', 'true is no table.'],
  ['null', 'null is no table.'],
  [ref('1'), 'A reference is no table.'],
  ['{"@set":{"documents":1}}', 'A set that is not paginated is no table.'],
  ['{"@query":{"lambda":"x","expr":1}}', 'A function is no table.'],
  ['[]', 'This array is empty.'],
  ['{"data":[]}', 'This page is empty.'],
  ['[{}]', 'There is nothing in these objects that could be a column.'],
])('%s is none', (json, why) => expect(shaped(json)).toBe(why))

test('copied for a spreadsheet', () => {
  expect(tabbed(table('[{"a":"x\\ty","b":"say \\"so\\""},{"a":[1,{"b":"c"}]}]'))).toBe('a\tb\n"x\ty"\t"say ""so"""\n"[1, {""b"": ""c""}]"\t')
})

test('a tree is open as far as one can look at', () => {
  expect(openLevels(parseValue('{"a":{"b":{"c":1}}}'))).toBe(3)
  const rows = JSON.stringify(Array.from({ length: 64 }, (_, i) => ({ i, x: 1, y: 2, z: { a: 1 } })))
  expect(openLevels(parseValue(rows))).toBe(0)
  expect(openLevels(parseValue('1'))).toBe(3)
})

test('a view by its name', () => expect(['tree', 'x', 1, undefined].map(viewIn)).toEqual(['tree', undefined, undefined, undefined]))
