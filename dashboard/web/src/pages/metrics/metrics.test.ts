import { describe, expect, test } from 'vitest'
import type { Point } from './api'
import { drawn, found, isIdle, six, toldSeries } from './numbers'
import { toldBlocks, toldBytes, toldMillis, toldNumber, toldShare } from './units'

const point = (at: number, more: Partial<Point> = {}): Point => ({
  rate: 0, p99: 0, conflicts: 0, lag: 0, disk: 0, unavailable: 0, at, writes: 0, failed: 0, p50: 0, append: 0, memory: 0, stored: 0, position: 0, ...more,
})

describe('numbers for people', () => {
  test.each([
    [toldNumber(0), '0'],
    [toldNumber(0.12345), '0.123'],
    [toldNumber(12_345.6), '12,346'],
    [toldMillis(0), '0 ms'],
    [toldMillis(0.0321), '32.1 µs'],
    [toldMillis(4.26), '4.26 ms'],
    [toldMillis(12_345), '12.3 s'],
    [toldShare(0.0123), '1.23 %'],
    [toldBytes(0), '0 B'],
    [toldBytes(1023), '1023 B'],
    [toldBytes(1024), '1 KiB'],
    [toldBytes(3.5 * 1024 ** 3), '3.5 GiB'],
    [toldBlocks(1), '1 block'],
  ])('%s', (told, wanted) => expect(told).toBe(wanted))
})

test('what is drawn has a gap where nobody looked', () => {
  const points = [point(5_000, { rate: 1 }), point(10_000, { rate: 2 }), point(60_000, { rate: 3 })]
  expect(drawn(points, [{ field: 'rate', label: 'all' }], 5)).toEqual([
    [5, 10, 15, 60],
    [1, 2, null, 3],
  ])
})

test('idle is when no query was asked', () => {
  expect(isIdle([])).toBe(true)
  expect(isIdle([point(1), point(2, { rate: 0.2 })])).toBe(false)
})

test('the bounds of the six', () => {
  const worries = (field: string, n: number) => six.find((f) => f.field === field)?.worry?.(n) !== undefined
  expect([worries('disk', 1024), worries('disk', 5e9), worries('lag', 10_001), worries('unavailable', 0.01), worries('rate', 0)]).toEqual([true, false, true, false, false])
})

test('families are found by name, help and labels', () => {
  const all = [
    { name: 'seriatim_requests_total', help: 'Requests', type: 'counter', series: [{ labels: { door: 'fql' }, value: 3 }] },
    { name: 'go_goroutines', help: 'Goroutines', type: 'gauge' },
  ]
  expect(found(all, ' FQL requests ').map((f) => f.name)).toEqual(['seriatim_requests_total'])
  expect(found(all, '')).toHaveLength(2)
})

test('a distributed number is told by count and mean', () => {
  const family = { name: 'seriatim_query_seconds', help: '', type: 'histogram' }
  expect(toldSeries(family, { value: 0.5, count: 100 })).toBe('100 · mean 5 ms')
  expect(toldSeries({ ...family, name: 'x_bytes' }, { value: 2048 })).toBe('2 KiB')
})
