import { expect, test } from 'vitest'
import { chunksBetween } from './api'
import { mostKept, trustIn, withCheckpoint, withKeys, type Trust } from './trust'

const none: Trust = trustIn(null)

test('keys are kept as they were first seen', () => {
  const first = withKeys(none, [{ name: 'A', publicKey: '1' }], 5)
  expect(first).toEqual({ trust: { keys: { A: '1' }, since: 5, checkpoints: [] }, changed: [] })
  const next = withKeys(first.trust, [{ name: 'A', publicKey: '2' }, { name: 'B', publicKey: '3' }], 9)
  expect(next).toEqual({ trust: { keys: { A: '1', B: '3' }, since: 5, checkpoints: [] }, changed: ['A'] })
})

test('of many checkpoints the oldest and the newest stay', () => {
  let trust = none
  for (let size = 1; size <= 30; size++) trust = withCheckpoint(trust, { size, note: `seriatim/u\n${size}\n\n— A x\n`, at: size })
  trust = withCheckpoint(trust, { size: 30, note: 'seriatim/u\n30\n\n— B y\n', at: 31 })
  expect(trust.checkpoints.map((c) => c.size)).toEqual([1, ...Array.from({ length: mostKept - 1 }, (_, i) => 12 + i)])
  expect(trust.checkpoints.at(-1)?.at).toBe(31)
})

test('two histories of one size are both kept: they are evidence', () => {
  const trust = withCheckpoint(withCheckpoint(none, { size: 3, note: 'a\n\nx', at: 1 }), { size: 3, note: 'b\n\ny', at: 2 })
  expect(trust.checkpoints).toHaveLength(2)
})

test('what cannot be read is nothing', () => {
  expect(trustIn('{"keys":3}')).toEqual({ keys: {}, since: 0, checkpoints: [] })
  expect(trustIn('[')).toEqual(none)
})

test.each([
  [0, 0, [0]],
  [90, 210, [2, 1, 0]],
  [-5, 99, [0]],
  [0, -1, []],
])('the blocks %d to %d are in the chunks %j', (lowest, highest, chunks) => expect(chunksBetween(lowest, highest)).toEqual(chunks))
