import { beforeEach, expect, test, vi } from 'vitest'
import { forgetAll, remember } from './history'

let stored: Map<string, string>
let room: number

beforeEach(() => {
  stored = new Map()
  room = Infinity
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (value.length > room) throw new DOMException('full', 'QuotaExceededError')
      stored.set(key, value)
    },
  })
})

const keep = (text: string, at = 0, database = 'shop') => remember(database, { text, at, took: 1, failed: false })
const texts = (database = 'shop') => (JSON.parse(stored.get(`seriatim.history/${database}`) ?? '[]') as { text: string }[]).map((e) => e.text)

test('the newest is first, and each database has its own', () => {
  keep('Now()')
  keep('Add(1, 2)')
  keep('Collections()', 0, 'other')
  expect(texts()).toEqual(['Add(1, 2)', 'Now()'])
  expect(texts('other')).toEqual(['Collections()'])
})

test('the same text again takes the place of the newest', () => {
  keep('Now()', 1)
  keep('Now()', 2)
  expect(texts()).toEqual(['Now()'])
  expect(stored.get('seriatim.history/shop')).toContain('"at":2')
})

test('an empty text and one that begins with a space are not kept', () => {
  keep('   \n')
  keep(' KeyFromSecret("fnA")')
  expect(texts()).toEqual([])
})

test('at most 200 are kept; a full storage keeps the newer ones', () => {
  for (let i = 0; i < 250; i++) keep(`Add(${i}, 1)`)
  expect(texts()).toHaveLength(200)
  expect(texts()[0]).toBe('Add(249, 1)')
  room = 2000
  keep('Now()')
  expect(texts()[0]).toBe('Now()')
  expect(texts().length).toBeGreaterThan(10)
  forgetAll('shop')
  expect(texts()).toEqual([])
})

test('what is no history is none', () => {
  stored.set('seriatim.history/shop', '{"nonsense":')
  keep('Now()')
  expect(texts()).toEqual(['Now()'])
})
