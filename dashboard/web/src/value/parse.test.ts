import { describe, expect, test } from 'vitest'
import { get, pathOf, type Target } from './access'
import { readJson } from './json'
import { Bytes, Num, Obj, parseValue, Query, Ref, SetValue, Time, type Value } from './parse'
import { lineOf, refText } from './text'

const people = '{"@ref":{"id":"people","collection":{"@ref":{"id":"collections"}}}}'
const shop = '{"@ref":{"id":"shop","collection":{"@ref":{"id":"databases"}}}}'
const eu = `{"@ref":{"id":"eu","collection":{"@ref":{"id":"databases"}},"database":${shop}}}`

describe('one line', () => {
  test.each<[json: string, line: string]>([
    ['null', 'null'],
    ['true', 'true'],
    ['"a \\"b\\"\\n c"', 'a "b" c'],
    ['9223372036854775807', '9223372036854775807'],
    ['1.0', '1.0'],
    ['1.0E-5', '1.0E-5'],
    ['[]', '[]'],
    ['{}', '{}'],
    ['[1,"x",null]', '[1, "x", null]'],
    ['{"b":1,"21":2,"__proto__":{"c":3},"3":[]}', '{ b: 1, 21: 2, __proto__: { c: 3 }, 3: [] }'],
    [`{"@ref":{"id":"7","collection":${people}}}`, 'Ref(Collection("people"), "7")'],
    ['{"@ref":{"id":"f","collection":{"@ref":{"id":"functions"}}}}', 'Function("f")'],
    ['{"@ref":{"id":"collections"}}', 'Collections()'],
    ['{"@ref":{"id":"12","collection":{"@ref":{"id":"keys"}}}}', 'Ref(Keys(), "12")'],
    ['{"@ref":{"id":"x","class":{"@ref":{"id":"classes"}}}}', 'Collection("x")'],
    [eu, 'Database("eu", Database("shop"))'],
    [`{"@ref":{"id":"x","collection":{"@ref":{"id":"collections"}},"database":${eu}}}`, 'Collection("x", Database("eu", Database("shop")))'],
    ['{"@ts":"2020-01-02T03:04:05.123456Z"}', 'Time("2020-01-02T03:04:05.123456Z")'],
    ['{"@date":"2020-01-02"}', 'Date("2020-01-02")'],
    ['{"@bytes":"AQI="}', 'Bytes("AQI=")'],
    ['{"@uuid":"0000"}', 'UUID("0000")'],
    ['{"@query":{"api_version":"4","lambda":"x","expr":{"var":"x"}}}', 'Lambda("x", …)'],
    ['{"@query":{"lambda":["a","_"],"expr":1}}', 'Lambda(["a", "_"], …)'],
    ['{"@set":{"match":{"@ref":{"id":"by","collection":{"@ref":{"id":"indexes"}}}},"terms":"x"}}', 'Match(Index("by"), "x")'],
    [`{"@set":{"documents":${people}}}`, 'Documents(Collection("people"))'],
    [`{"@set":{"filter":{"lambda":"x","expr":true},"collection":{"@set":{"documents":${people}}}}}`, 'Filter(Documents(Collection("people")), …)'],
    [`{"@set":{"union":[{"@set":{"documents":${people}}},{"@set":{"singleton":${people}}}]}}`, 'Union(Documents(Collection("people")), Singleton(Collection("people")))'],
    [`{"@set":{"range":{"@set":{"documents":${people}}},"from":1}}`, 'Range(Documents(Collection("people")), 1)'],
    [`{"@set":{"join":{"@set":{"documents":${people}}},"with":{"lambda":"x","expr":1}}}`, 'Join(Documents(Collection("people")), …)'],
    ['{"@obj":{"@ref":1}}', '{ @ref: 1 }'],
    ['{"@obj":{"@obj":{"@ts":"2020-01-02T03:04:05Z"}}}', '{ @obj: Time("2020-01-02T03:04:05Z") }'],
    ['{"@obj":{"@a":1,"b":{"@date":"2020-01-02"}}}', '{ @a: 1, b: Date("2020-01-02") }'],
    ['{"@unheard":1}', '{ @unheard: 1 }'],
    ['  [ 1 , { "a" : "\\u00e9\\\\" } ]  ', '[1, { a: "é\\\\" }]'],
  ])('%s', (json, line) => expect(lineOf(parseValue(json))).toBe(line))

  test.each<[json: string, limit: number, line: string]>([
    ['"abcdef"', 3, 'abc…'],
    ['"ab😀"', 3, 'ab…'],
    ['[1,2,3,4,5,6,7,8,9]', 8, '[1, 2, 3…'],
  ])('%s in %d', (json, limit, line) => expect(lineOf(parseValue(json), limit)).toBe(line))

  test('a long string takes no long time', () => {
    const value = parseValue(JSON.stringify({ a: ['x'.repeat(5_000_000), '\\'.repeat(100_001)] }))
    expect(lineOf(value).length).toBeLessThan(200)
  })
})

describe('classes', () => {
  test.each<[json: string, made: Value]>([
    ['-0.0', new Num('-0.0')],
    ['{"@ts":"2020-01-02T03:04:05Z"}', new Time('2020-01-02T03:04:05Z')],
    ['{"@set":1}', new SetValue(new Num('1'))],
    ['{"@query":{}}', new Query(new Obj(new Map()))],
    ['{"@ref":{"id":"roles"}}', new Ref('roles')],
  ])('%s', (json, made) => expect(parseValue(json)).toEqual(made))

  test.each([
    ['AQI=', 2],
    ['', 0],
    ['AQID', 3],
    ['AQ==', 1],
  ])('%s holds %d bytes', (base64, length) => expect(new Bytes(base64).length).toBe(length))

  test.each([
    ['12', true],
    ['1.0', false],
    ['1E3', false],
  ])('%s is an integer: %s', (text, whole) => expect(new Num(text).isInteger).toBe(whole))
})

describe('mistakes', () => {
  test.each(['', '[1', '[1,]', '{"a" 1}', '{"a":1,}', '"abc', '"\\"', 'nul', '1 2', '01x', '{"@ts":1}', '{"@ref":"x"}'])('%s', (json) =>
    expect(() => parseValue(json)).toThrow(SyntaxError),
  )
})

describe('targets', () => {
  test.each<[json: string, target: Target, text: string]>([
    [
      `{"@ref":{"id":"7","collection":${people}}}`,
      { kind: 'document', database: [], collection: 'people', id: '7' },
      'Ref(Collection("people"), "7")',
    ],
    [
      `{"@ref":{"id":"7","collection":{"@ref":{"id":"people","collection":{"@ref":{"id":"collections"}},"database":${eu}}}}}`,
      { kind: 'document', database: ['shop', 'eu'], collection: 'people', id: '7' },
      'Ref(Collection("people", Database("eu", Database("shop"))), "7")',
    ],
    [people, { kind: 'definition', database: [], native: 'collections', name: 'people' }, 'Collection("people")'],
    [eu, { kind: 'definition', database: ['shop'], native: 'databases', name: 'eu' }, 'Database("eu", Database("shop"))'],
    [`{"@ref":{"id":"roles","database":${shop}}}`, { kind: 'native', database: ['shop'], native: 'roles' }, 'Roles(Database("shop"))'],
  ])('%s', (json, target, text) => {
    const ref = parseValue(json) as Ref
    expect(pathOf(ref)).toEqual(target)
    expect(refText(ref)).toBe(text)
  })
})

describe('get', () => {
  const value = parseValue('{"data":{"a":[{"b":1}],"7":2}}')
  test.each<[path: (string | number)[], found: Value | undefined]>([
    [['data', 'a', 0, 'b'], new Num('1')],
    [['data', 7], new Num('2')],
    [['data', 'a', '0'], undefined],
    [['data', 'x', 'y'], undefined],
  ])('%j', (path, found) => expect(get(value, ...path)).toEqual(found))
})

test('readJson leaves what it is told to leave', () => {
  const seen: string[][] = []
  readJson('{"a":{"b":1},"c":{"@obj":{"d":1}}}', (object) => {
    seen.push([...object.fields.keys()])
    return object
  })
  expect(seen).toEqual([['b'], ['@obj'], ['a', 'c']])
})
