import { afterEach, expect, test, vi } from 'vitest'
import { drop, dropPassing, keep, recall, remember } from './storage'

afterEach(() => vi.unstubAllGlobals())

const forbidden = () => {
  throw new DOMException('denied', 'SecurityError')
}

test('where nothing may be kept the page remembers', () => {
  vi.stubGlobal('localStorage', { getItem: forbidden, setItem: forbidden, removeItem: forbidden })
  expect(recall('a')).toBeNull()
  expect(keep('a', 'text')).toBe(false)
  remember('a', 'text')
  expect(recall('a')).toBe('text')
  drop('a')
  expect(recall('a')).toBeNull()
})

test('where there is no room the page remembers the newest', () => {
  const stored = new Map([['a', 'old']])
  let room = false
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, text: string) => (room ? stored.set(key, text) : forbidden()),
    removeItem: (key: string) => stored.delete(key),
  })
  remember('a', 'new')
  expect(recall('a')).toBe('new')
  room = true
  remember('a', 'newer')
  expect([recall('a'), stored.get('a')]).toEqual(['newer', 'newer'])
  drop('a')
  expect(recall('a')).toBeNull()
})

test('signing out forgets what was kept unasked', () => {
  const stored = new Map([['seriatim.draft/0/shop', 'a'], ['seriatim.history/graphql/shop/u', 'b'], ['seriatim.graphql/shop/u/n/variables', 'c'], ['seriatim.saved/shop', 'd'], ['seriatim.theme', 'dark'], ['another', 'e']])
  vi.stubGlobal('localStorage', {
    get length() {
      return stored.size
    },
    key: (i: number) => [...stored.keys()][i] ?? null,
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: forbidden,
    removeItem: (key: string) => stored.delete(key),
  })
  remember('seriatim.draft/1/shop', 'held by the page')
  dropPassing()
  expect([...stored.keys()]).toEqual(['seriatim.saved/shop', 'seriatim.theme', 'another'])
  expect(recall('seriatim.draft/1/shop')).toBeNull()
})
