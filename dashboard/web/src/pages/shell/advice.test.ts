import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { adviceOn, calledIn } from './advice'

// Its examples are run by the tests of the server.
const source = new URL('../../../../../docs/fql/source/', import.meta.url)

test('a code that the reference shows has advice', () => {
  const shown = readdirSync(source).map((name) => readFileSync(new URL(name, source), 'utf8')).join('\n')
  const codes = new Set([...shown.matchAll(/^\d{3} ([a-z ]+): /gm)].map((match) => match[1]!))
  expect(codes.size).toBeGreaterThan(15)
  expect([...codes].filter((code) => adviceOn(code) === undefined)).toEqual([])
})

test('no advice on what nobody knows', () => expect([adviceOn('toString'), adviceOn('syntax error')]).toEqual([undefined, undefined]))

test.each([
  ['Get(Ref(Collection("a"), "1"))', 'Get'],
  ['Get (x)', 'Get'],
  ['{a: 1}', undefined],
  ['x(1)', undefined],
  ['', undefined],
])('%s calls %s', (text, name) => expect(calledIn(text)).toBe(name))
