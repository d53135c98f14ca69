import { beforeEach, expect, test, vi } from 'vitest'
import { nameOf, remove, removeAll, rename, save, savedIn, savedNamed } from './saved'

let stored: Map<string, string>
let room: number

beforeEach(() => {
  stored = new Map()
  room = Infinity
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, text: string) => {
      if (text.length > room) throw new DOMException('full', 'QuotaExceededError')
      stored.set(key, text)
    },
    removeItem: (key: string) => stored.delete(key),
  })
})

const put = (name: string, text = 'Now()', database = 'shop') => save(database, { name, text, at: 1 })
const names = (database = 'shop') => savedIn(database).map((each) => each.name)

test('by name, each database its own', () => {
  for (const name of ['query 10', 'query 2', 'b', 'A']) expect(put(name)).toBe(true)
  put('other', 'Now()', '')
  expect(names()).toEqual(['A', 'b', 'query 2', 'query 10'])
  expect(names('')).toEqual(['other'])
})

test('the same name is the same query', () => {
  put('a', 'Add(1, 2)')
  put('a', 'Add(1, 3)')
  expect(savedIn('shop')).toEqual([{ name: 'a', text: 'Add(1, 3)', at: 1 }])
})

test('renaming takes no name of another', () => {
  put('a', 'Add(1, 2)')
  put('b')
  expect([rename('shop', 'a', 'b'), rename('shop', 'a', ''), rename('shop', 'a', 'a'), rename('shop', 'a', 'c')]).toEqual([false, false, true, true])
  expect(savedNamed('shop', 'c')?.text).toBe('Add(1, 2)')
  expect(names()).toEqual(['b', 'c'])
})

test('deleting, one and all', () => {
  for (const name of ['a', 'b', 'c']) put(name)
  remove('shop', 'b')
  expect(names()).toEqual(['a', 'c'])
  removeAll('shop')
  expect(names()).toEqual([])
})

test('without room this page keeps it, and says so', () => {
  put('a')
  room = 60
  expect(put('b', 'Add(1, 2)'.repeat(10))).toBe(false)
  expect(names()).toEqual(['a', 'b'])
  room = Infinity
  expect(put('c')).toBe(true)
  expect(names()).toEqual(['a', 'b', 'c'])
})

test('what is no saved query is none', () => {
  stored.set('seriatim.saved/shop', '[1, null, {"name": "", "text": "x"}, {"name": "a"}, {"name": "b", "text": "x", "at": 0}]')
  expect(names()).toEqual(['b'])
})

test('names', () => expect([nameOf('  a \n b '), nameOf('x'.repeat(200)).length]).toEqual(['a b', 100]))
