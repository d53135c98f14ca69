import { expect, test } from 'vitest'
import { meant, pageEntries, type Entry } from './palette'

const entries: Entry[] = [
  ...pageEntries(['shop']),
  { kind: 'Collection', label: 'orders', to: '/a' },
  { kind: 'Collection', label: 'old_orders', to: '/b' },
  { kind: 'Docs', label: 'Or', to: '/c' },
]

test.each([
  ['or', ['orders', 'Or', 'old_orders']],
  ['shell', ['Shell']],
  ['mtrc', ['Metrics']],
  ['zzz', []],
])('%s means', (text, wanted) => {
  const labels = meant(entries, text).map((e) => e.label)
  expect(labels.slice(0, wanted.length).sort()).toEqual([...wanted].sort())
  if (wanted.length === 0) expect(labels).toEqual([])
})

test('without a text there is all but the documentation', () => {
  expect(meant(entries, ' ').some((e) => e.kind === 'Docs')).toBe(false)
  expect(meant(entries, '')[1]).toEqual({ kind: 'Page', label: 'Shell', to: '/db/shop/shell' })
})
