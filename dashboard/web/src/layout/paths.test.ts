import { describe, expect, test } from 'vitest'
import { nameIn, namesIn, pathTo, type Names, type Page } from './paths'

describe('where a page is', () => {
  test.each<[Names, Page, string[], string]>([
    [[], '', [], '/'],
    [[], 'shell', [], '/shell'],
    [['shop'], '', [], '/db/shop'],
    [['shop', 'eu'], 'collections', [], '/db/shop:eu/collections'],
    [['shop'], 'collections', ['orders', '12'], '/db/shop/collections/orders/12'],
    [['50%;a'], 'shell', [], '/db/50%25%3Ba/shell'],
    [['..'], '', [], '/db/..:'],
    [[], 'collections', ['a/b'], '/collections/a%2Fb'],
    [[], 'collections', ['.', '1'], '/collections/.:/1'],
  ])('%j %s %j is %s', (names, page, rest, path) => {
    expect(pathTo(names, page, ...rest)).toBe(path)
  })
})

test.each<Names>([[], ['shop'], ['shop', 'eu'], ['.'], ['..'], ['a%3Ab'], ['~;@+$-_.!%']])('the names %j come back from the segment', (...names) => {
  const segment = pathTo(names).split('/')[2]
  expect(namesIn(segment === undefined ? undefined : decodeURIComponent(segment))).toEqual(names)
})

test.each(['orders', '.', '..', 'a/b', '50%'])('the name %s comes back from its segment', (name) => {
  expect(nameIn(decodeURIComponent(pathTo([], 'collections', name).split('/')[2]!))).toBe(name)
})
