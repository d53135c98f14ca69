import { describe, expect, test } from 'vitest'
import { parseValue } from '../../value/parse'
import { microsOf, olderThan, shownAt, stopOf, tsOf } from './slider'
import { editableText, eventsText, versionsOf, versionText, type Version } from './versions'

describe('a page of events', () => {
  test('newest first, and whether there are older ones', () =>
    expect(versionsOf(parseValue('{"before":[{"ts":1}],"data":[{"ts":1,"action":"create"},{"action":"lost"},{"ts":5,"action":"update"}]}'))).toEqual({
      versions: [
        { ts: 5, action: 'update' },
        { ts: 1, action: 'create' },
      ],
      more: true,
    }))
  test('the first page, and one further down', () => {
    expect(eventsText('c', '1')).toBe('Paginate(Events(Ref(Collection("c"), "1")), {size: 100, before: null})')
    expect(eventsText('c', '1', { ts: 5, action: 'update' })).toBe('Paginate(Events(Ref(Collection("c"), "1")), {size: 100, before: {ts: 5, action: "update"}})')
  })
  test('a version, and what can be edited of it', () => {
    expect(versionText('r', 5)).toBe('At(5, If(Exists(r), Get(r), null))')
    expect(editableText('r', ['ref', 'ts', 'data'])).toBe('Let({doc: Get(r)}, {"data": Select("data", Var("doc"))})')
    expect(editableText('r', ['data'], 7)).toBe('At(7, Let({doc: Get(r)}, {"data": Select("data", Var("doc"))}))')
  })
})

describe('the slider', () => {
  const versions: Version[] = [
    { ts: 30, action: 'delete' },
    { ts: 20, action: 'update' },
    { ts: 10, action: 'create' },
  ]

  test.each([
    [35, 0],
    [30, 0],
    [29, 1],
    [10, 2],
    [9, -1],
  ])('at %d the version %d is there', (at, place) => expect(shownAt(versions, at)).toBe(place))

  test.each([
    [0, 2],
    [1, 1],
    [2, 0],
    [-1, 0],
  ])('the version %d is at the stop %d', (place, stop) => expect(stopOf(versions, place)).toBe(stop))

  test('every stop is a version and back', () => versions.forEach((version, place) => expect(tsOf(versions, stopOf(versions, place))).toBe(version.ts)))
  test('one version has one stop', () => expect(stopOf(versions.slice(0, 1), 0)).toBe(0))

  test.each([
    ['before', 0, 20],
    ['before', 2, undefined],
    ['before', -1, undefined],
    ['now', 0, undefined],
  ] as const)('compared with what was %s, %d is compared with %j', (against, place, ts) => expect(olderThan(versions, place, against)?.ts).toBe(ts))

  test.each([
    ['2020-01-01T00:00:00Z', 1_577_836_800_000_000],
    ['2020-01-01T00:00:00.123456Z', 1_577_836_800_123_456],
    ['2020-01-01T00:00:00.5Z', 1_577_836_800_500_000],
    ['1577836800123456', 1_577_836_800_123_456],
    ['2020-01-01T01:00:00+01:00', 1_577_836_800_000_000],
    ['yesterday', undefined],
    ['2020-13-01T00:00:00Z', undefined],
    ['', undefined],
  ])('%s is the instant %j', (text, micros) => expect(microsOf(text)).toBe(micros))
})
