import { expect, test } from 'vitest'
import { progressText, rateOf, withLook, type Seen } from './pace'

test('a rate needs two looks apart', () => {
  let seen: Seen[] = []
  expect(rateOf(seen)).toBeUndefined()
  seen = withLook(seen, { at: 0, done: 1_000 })
  expect(rateOf(seen)).toBeUndefined()
  seen = withLook(seen, { at: 2_000, done: 4_000 })
  expect(rateOf(seen)).toBe(1_500)
})

test('old looks are forgotten, and those of a build before', () => {
  const seen = withLook([{ at: 0, done: 0 }, { at: 50_000, done: 10 }], { at: 70_000, done: 1_010 })
  expect(rateOf(seen)).toBe(50)
  expect(withLook(seen, { at: 71_000, done: 5 })).toEqual([{ at: 71_000, done: 5 }])
})

test('what is told', () => {
  expect(progressText(12_000, undefined, undefined)).toBe('12,000 documents done')
  expect(progressText(12_000, 200_000, undefined)).toBe('12,000 of 200,000 documents')
  expect(progressText(12_000, 200_000, 1_400)).toBe('12,000 of 200,000 documents, 1,400 a second, 2 min left')
  expect(progressText(199_000, 200_000, 1_000)).toBe('199,000 of 200,000 documents, 1,000 a second, 1 s left')
  expect(progressText(201_000, 200_000, 1_000)).toBe('201,000 of 201,000 documents, 1,000 a second')
})
