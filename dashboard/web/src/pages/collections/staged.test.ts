import { describe, expect, test } from 'vitest'
import { QueryError } from '../../api/query'
import { failedAt, stagedText, type Staged } from './staged'
import { linesBetween } from './versions'

const edits: Staged[] = [
  { kind: 'replace', collection: 'stores', id: '1', text: '{data: {}}', ts: 5 },
  { kind: 'delete', collection: 'stores', id: '2', ts: 6 },
  { kind: 'create', collection: 'stores', id: '', text: '{data: {n: 1}}', number: 1 },
]

test('staged edits are one transaction that other changes stop', () =>
  expect(stagedText(edits)).toBe(`Do(
  If(
    Equals(Select("ts", Get(Ref(Collection("stores"), "1"))), 5),
    Replace(Ref(Collection("stores"), "1"), {data: {}}),
    Abort("stores/1 was changed after it was read here.")
  ),
  If(
    Equals(Select("ts", Get(Ref(Collection("stores"), "2"))), 6),
    Delete(Ref(Collection("stores"), "2")),
    Abort("stores/2 was changed after it was read here.")
  ),
  Create(Collection("stores"), {data: {n: 1}})
)`))

test.each([
  [{ position: ['do', 1, 'if'] }, 1],
  [{ position: [] }, undefined],
  [{ from: 20, to: 21 }, 0],
  [{ from: stagedText(edits).indexOf('n: 1'), to: 400 }, 2],
])('an error at %j is of edit %s', (place, index) => {
  const error = new QueryError({ event: 'failure', script: 0, errors: [{ code: 'c', description: 'd', ...place }] })
  expect(failedAt(error, edits)).toBe(index)
})

describe('what differs', () => {
  test.each([
    ['', 'a', '+a'],
    ['a\nb\nc', 'a\nc', ' a,-b, c'],
    ['a\nb\nc', 'a\nx\nc', ' a,-b,+x, c'],
    ['a\nb', 'b\na', '-a, b,+a'],
  ])('%j to %j', (before, after, want) => {
    const signs = { same: ' ', removed: '-', added: '+' }
    expect(linesBetween(before, after).map((line) => signs[line.kind] + line.text).join(',')).toBe(want)
  })
})
