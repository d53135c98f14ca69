import { describe, expect, test } from 'vitest'
import { parseValue } from '../../value/parse'
import { DateValue, Num, Obj, Query, Ref, Time, Bytes, type Value } from '../../value/types'
import { draftOf, readingOf } from './drafts'
import { pathIn, pathTold, type Path } from './fields'
import { conditionsIn, conditionsText, whereOf, type Condition, type Operator } from './filters'
import { typed, typedText, valueIn, wireText } from './literals'

describe('paths', () => {
  test.each<[string, Path, string?]>([
    ['data.city', ['data', 'city']],
    ['city', ['data', 'city'], 'data.city'],
    ['ts', ['ts']],
    ['ref.id', ['ref', 'id']],
    ['data.lines[0].price', ['data', 'lines', 0, 'price']],
    ['data."a.b"."with \\"quotes\\""', ['data', 'a.b', 'with "quotes"']],
    ['data.""', ['data', '']],
    ['"data".x', ['data', 'data', 'x'], 'data.data.x'],
    ['data.naïve key', ['data', 'naïve key']],
    ['data." a"', ['data', ' a']],
    ['data.x[0][1]', ['data', 'x', 0, 1]],
  ])('%s there and back', (text, path, told = text) => {
    expect(pathIn(text)).toEqual(path)
    expect(pathTold(path)).toBe(told)
    expect(pathIn(told)).toEqual(path)
  })

  test.each(['', '.', 'a.', '.a', 'a..b', 'a[x]', '[0]', 'a"b"', '"unclosed', 'a[01]', 'a[0]b'])('%j is none', (text) => expect(pathIn(text)).toBeUndefined())
})

describe('what is typed', () => {
  test.each<[string, Value]>([
    ['Oslo', 'Oslo'],
    ['  two words ', 'two words'],
    ['5', new Num('5')],
    ['-9223372036854775808', new Num('-9223372036854775808')],
    ['9007199254740993', new Num('9007199254740993')],
    ['1.50', new Num('1.50')],
    ['1e3', new Num('1e3')],
    ['007', '007'],
    ['true', true],
    ['null', null],
    ['"5"', '5'],
    ['"a\\nb"', 'a\nb'],
    ['Time("2020-01-01T00:00:00.5Z")', new Time('2020-01-01T00:00:00.5Z')],
    ['Date( "2020-01-31" )', new DateValue('2020-01-31')],
    ['Ref(Collection("a"), "1")', new Ref('1', new Ref('a', new Ref('collections')))],
    ['It (is) so', 'It (is) so'],
  ])('%s is a value', (text, value) => expect(typed(text)).toEqual({ value }))

  test.each(['Now()', 'TimeSubtract(Now(), 1, "day")', '[1, 2]', '{a: 1}', "'x'"])('%s is for the server', (text) => expect(typed(text)).toEqual({ fql: text }))
  test.each(['9223372036854775808', '"open', '"a" b'])('%s is wrong', (text) => expect(typed(text)).toHaveProperty('wrong'))
  test('nothing is nothing', () => expect(typed('  ')).toBeUndefined())

  test.each<[Value, string]>([
    ['Oslo', 'Oslo'],
    ['5', '"5"'],
    ['', '""'],
    [' x', '" x"'],
    ['Now()', '"Now()"'],
    ['"', '"\\""'],
    [new Num('5'), '5'],
    [new Time('2020-01-01T00:00:00Z'), 'Time("2020-01-01T00:00:00Z")'],
  ])('%j is typed %s', (value, text) => {
    expect(typedText(value)).toBe(text)
    expect(typed(text)).toEqual({ value })
  })
})

describe('in a URL', () => {
  const values: Value[] = ['x', null, true, new Num('9007199254740993'), new Num('1.0'), new Ref('1', new Ref('a', new Ref('collections'))), new Time('2020-01-01T00:00:00.123456789Z'), new DateValue('2020-01-01'), new Bytes('AQID'), ['a', [new Num('1')]], new Obj(new Map<string, Value>([['@ref', 'no ref']]))]
  test.each(values)('%j keeps what it is', (value) => expect(valueIn(wireText(value))).toEqual({ value }))

  test('a function is no value', () => {
    expect(() => wireText(new Query(new Obj(new Map())))).toThrow()
    expect(valueIn('{"@query":{"lambda":"x","expr":1}}')).toBeUndefined()
    expect(valueIn('Delete(x)')).toBeUndefined()
    expect(valueIn(5)).toBeUndefined()
  })

  test.each<Condition>([
    { path: ['data', 'a.b'], operator: 'is', value: new Num('1.0') },
    { path: ['ts'], operator: 'from', value: new Time('2020-01-01T00:00:00Z') },
    { path: ['data', 'x'], operator: 'there', value: null },
    { path: ['data', 'x'], operator: 'type', value: 'whole number' },
  ])('%j there and back', (condition) => {
    expect(conditionsIn(whereOf([condition]))).toEqual([condition])
    expect(readingOf(draftOf(condition))).toMatchObject({ state: 'ready', condition })
  })
})

describe('as FQL', () => {
  const city = ['data', 'city']
  test.each<[Path, Operator, Value, string]>([
    [city, 'is', 'O"slo', 'Equals(Select(["data","city"], Var("doc"), null), "O\\"slo")'],
    [city, 'not', null, 'Not(Equals(Select(["data","city"], Var("doc"), null), null))'],
    [['data', 'a.b', 0], 'above', new Num('9007199254740993'), 'And(IsNumber(Select(["data","a.b",0], Var("doc"), null)), GT(Select(["data","a.b",0], Var("doc"), null), 9007199254740993))'],
    [city, 'to', 'x', 'And(IsString(Select(["data","city"], Var("doc"), null)), LTE(Select(["data","city"], Var("doc"), null), "x"))'],
    [city, 'has', new Num('5'), 'And(IsArray(Select(["data","city"], Var("doc"), null)), ContainsValue(5, Select(["data","city"], Var("doc"), null)))'],
    [city, 'begins', 'O', 'And(IsString(Select(["data","city"], Var("doc"), null)), StartsWith(Select(["data","city"], Var("doc"), null), "O"))'],
    [city, 'there', null, 'ContainsPath(["data","city"], Var("doc"))'],
    [city, 'absent', null, 'Not(ContainsPath(["data","city"], Var("doc")))'],
    [city, 'type', 'whole number', 'IsInteger(Select(["data","city"], Var("doc"), null))'],
    [['ts'], 'from', new Time('2020-01-01T00:00:00Z'), 'And(IsTimestamp(Epoch(Select(["ts"], Var("doc"), null), "microseconds")), GTE(Epoch(Select(["ts"], Var("doc"), null), "microseconds"), Time("2020-01-01T00:00:00Z")))'],
  ])('%j %s %j', (path, operator, value, text) => expect(conditionsText([{ path, operator, value }])).toBe(text))

  test('text contains text, arrays contain elements', () =>
    expect(conditionsText([{ path: ['data', 'x'], operator: 'has', value: 'a' }])).toBe(
      'If(IsString(Select(["data","x"], Var("doc"), null)), ContainsStr(Select(["data","x"], Var("doc"), null), "a"), And(IsArray(Select(["data","x"], Var("doc"), null)), ContainsValue("a", Select(["data","x"], Var("doc"), null))))',
    ))

  test('several, and none', () => {
    expect(conditionsText([])).toBeUndefined()
    expect(conditionsText([{ path: ['ts'], operator: 'there', value: null }, { path: ['ttl'], operator: 'absent', value: null }])).toBe('And(\n  ContainsPath(["ts"], Var("doc")),\n  Not(ContainsPath(["ttl"], Var("doc")))\n)')
  })
})

describe('drafts', () => {
  test.each([
    [{ field: '', operator: 'is', text: 'x' }, 'empty'],
    [{ field: 'a', operator: 'is', text: '' }, 'empty'],
    [{ field: 'a.', operator: 'is', text: 'x' }, 'wrong'],
    [{ field: 'a', operator: 'is', text: '"' }, 'wrong'],
    [{ field: 'a', operator: 'begins', text: '5' }, 'wrong'],
    [{ field: 'a', operator: 'is', text: 'Now()' }, 'call'],
    [{ field: 'a', operator: 'there', text: '' }, 'ready'],
  ] as const)('%j is %s', (draft, state) => expect(readingOf(draft).state).toBe(state))
})

test('what cannot be read is no condition', () => expect(conditionsIn(parseValue('[1]'))).toEqual([]))
