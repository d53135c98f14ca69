import { describe, expect, test } from 'vitest'
import { drawn, placed, stepTo } from './windowed'

const item = (index: number) => ({ index, start: 34 + index * 10, end: 44 + index * 10 })

test.each([
  [[], { rows: [], rest: 1000 }],
  [[0, 1], { rows: [{ index: 0, room: 0 }, { index: 1, room: 0 }], rest: 980 }],
  [[0, 50, 51], { rows: [{ index: 0, room: 0 }, { index: 50, room: 490 }, { index: 51, room: 0 }], rest: 480 }],
  [[99], { rows: [{ index: 99, room: 990 }], rest: 0 }],
])('the rows %j of a hundred', (indexes, expected) => expect(placed(indexes.map(item), 34, 1034)).toEqual(expected))

test.each([
  ['ArrowDown', 3, 4],
  ['ArrowDown', 99, 99],
  ['ArrowUp', 0, 0],
  ['PageDown', 95, 99],
  ['PageUp', 95, 85],
  ['Home', 50, 0],
  ['End', 0, 99],
  ['a', 5, undefined],
])('%s at %d leads to %j', (key, here, to) => expect(stepTo(key, here, 100, 10)).toBe(to))

test('no key leads anywhere in an empty list', () => expect(stepTo('End', 0, 0, 10)).toBeUndefined())

describe('what is drawn', () => {
  test.each([
    [5, 8, 2, 100, -1, [3, 4, 5, 6, 7, 8, 9, 10]],
    [0, 2, 2, 3, 1, [0, 1, 2]],
    [50, 51, 1, 100, 3, [3, 49, 50, 51, 52]],
    [50, 51, 1, 100, 90, [49, 50, 51, 52, 90]],
    [0, 0, 5, 0, 0, []],
    [98, 99, 5, 100, 100, [93, 94, 95, 96, 97, 98, 99]],
  ])('%d to %d and %d more of %d with %d', (from, to, more, count, focused, all) => {
    const found = drawn(from, to, more, count, focused)
    expect(found).toEqual(all)
  })
})
