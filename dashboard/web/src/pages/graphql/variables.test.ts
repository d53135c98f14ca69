import { expect, test } from 'vitest'
import { jsonText } from '../../value/written'
import { objectIn, textsIn } from './variables'

test.each([
  ['', {}, undefined],
  ['{"n": 1}', { n: 1 }, undefined],
  ['[]', {}, 'not an object'],
  ['{"n": x}', {}, "Unexpected token 'x'"],
])('variables %s', (text, value, problem) => {
  expect(objectIn(text)).toEqual(problem === undefined ? { value } : { value, problem })
})

test.each([
  ['{"Idempotency-Key": "a", "X-Query-Timeout": 5000}', { 'Idempotency-Key': 'a', 'X-Query-Timeout': '5000' }, undefined],
  ['{"two words": "a"}', {}, '"two words" is no name of a header'],
])('headers %s', (text, value, problem) => {
  expect(textsIn(text)).toEqual(problem === undefined ? { value } : { value, problem })
})

test('numbers keep their digits on their way to the server', () => {
  const { value } = objectIn('{"n": 9007199254740993, "in": [0.10]}')
  expect(jsonText({ variables: value })).toBe('{"variables":{"n":9007199254740993,"in":[0.10]}}')
  expect(textsIn('{"A": 9007199254740993}').value).toEqual({ A: '9007199254740993' })
})
