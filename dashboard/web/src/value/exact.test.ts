import { expect, test } from 'vitest'
import { parseExact } from './exact'
import { Num } from './types'
import { jsonText } from './written'

test.each([
  '{"n":9007199254740993,"d":1.0,"e":1e400,"z":-0,"deep":[{"x":123456789012345678901234567890}]}',
  '{"@obj":{"@ref":1.50}}',
  '{"__proto__":{"a":1},"b":[],"c":{},"s":"\\"\\n\\u0000"}',
  'null',
  '-1.5',
])('%s comes back as it went', (text) => {
  expect(jsonText(parseExact(text))).toBe(text)
})

test('small numbers are numbers', () => {
  expect(parseExact('{"a": 1, "b": [2.5], "c": 9007199254740993}')).toEqual({ a: 1, b: [2.5], c: new Num('9007199254740993') })
})

test('laid out as JSON.stringify does', () => {
  const value = { a: [1, { b: null }], c: {}, d: [], e: undefined, f: 'x' }
  expect(jsonText(value, 2)).toBe(JSON.stringify(value, null, 2))
  expect(jsonText(value)).toBe(JSON.stringify(value))
  expect(jsonText([undefined])).toBe('[null]')
})

test('what is no JSON is refused as by JSON.parse', () => {
  expect(() => parseExact('{"a": x}')).toThrow(/Unexpected token/)
  expect(() => parseExact('')).toThrow(SyntaxError)
})
