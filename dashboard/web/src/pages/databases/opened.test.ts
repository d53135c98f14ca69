import { expect, test } from 'vitest'
import { toggled } from './opened'

test('closing one closes what is inside it', () => {
  expect(toggled(['a'], 'a/b')).toEqual(['a', 'a/b'])
  expect(toggled(['a', 'a/b', 'ab'], 'a')).toEqual(['ab'])
})
