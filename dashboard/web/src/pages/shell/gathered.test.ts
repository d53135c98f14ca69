import { afterEach, expect, test, vi } from 'vitest'
import { Gathered } from './gathered'

afterEach(() => vi.useRealTimers())

test('the first goes at once, those behind it together', () => {
  vi.useFakeTimers()
  const handed: number[][] = []
  const events = new Gathered<number>(50, (some) => handed.push(some))
  for (const n of [1, 2, 3]) events.add(n)
  expect(handed).toEqual([[1]])
  vi.advanceTimersByTime(49)
  events.add(4)
  vi.advanceTimersByTime(1)
  expect(handed).toEqual([[1], [2, 3, 4]])
  vi.advanceTimersByTime(100)
  events.add(5)
  expect(handed.at(-1)).toEqual([5])
})

test('what waits is handed on at the end, once', () => {
  vi.useFakeTimers()
  const handed: number[][] = []
  const events = new Gathered<number>(50, (some) => handed.push(some))
  for (const n of [1, 2]) events.add(n)
  events.flush()
  events.flush()
  vi.advanceTimersByTime(200)
  expect(handed).toEqual([[1], [2]])
})
