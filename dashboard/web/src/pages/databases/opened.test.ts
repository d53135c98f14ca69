import { expect, test } from 'vitest'
import { toggled } from './opened'
import { linesOf, linesWith, type Inside } from './tree'

test('closing one closes what is inside it', () => {
  expect(toggled(['a'], 'a/b')).toEqual(['a', 'a/b'])
  expect(toggled(['a', 'a/b', 'ab'], 'a')).toEqual(['ab'])
})

test('the lines of a tree', () => {
  const inside = (path: string): Inside => ({ '': { names: ['a', 'b', 'c'], more: true }, a: { names: ['x'], more: false }, 'a/x': { names: [], more: false }, b: { failure: 'no' } })[path]
  const told = (open: string[]) => linesOf(open, inside, 3).map((line) => (line.kind === 'database' ? `${'>'.repeat(line.names.length)}${line.names.at(-1)}` : line.text))
  expect(told([])).toEqual(['>a', '>b', '>c', 'The first 3 are shown.'])
  expect(told(['a', 'a/x', 'b', 'c', 'a/gone'])).toEqual(['>a', '>>x', 'No databases inside', '>b', 'Cannot be listed. no', '>c', 'The first 3 are shown.'])
  expect(linesWith(linesOf(['a'], inside, 3), ' X ').map((line) => line.names)).toEqual([['a', 'x']])
})
