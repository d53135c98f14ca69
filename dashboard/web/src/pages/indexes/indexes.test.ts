import { expect, test } from 'vitest'
import { sentenceOf, type Judgement } from '../security/explain'
import { browseIn, createText, entriesText, wireOf } from './definition'

test.each([
  [{}, 'Paginate(Match(Index("i")), {size: 64})'],
  [{ terms: '["x",{"@ref":{"id":"1","collection":{"@ref":{"id":"c","collection":{"@ref":{"id":"collections"}}}}}}]' }, 'Paginate(Match(Index("i"), ["x", Ref(Collection("c"), "1")]), {size: 64})'],
  [{ terms: '["x"]', after: '[9007199254740993]' }, 'Paginate(Match(Index("i"), ["x"]), {size: 64, after: [9007199254740993]})'],
  // What is no value of JSON runs nothing.
  [{ terms: 'Delete(Collection("c"))' }, 'Paginate(Match(Index("i")), {size: 64})'],
])('%j is browsed by %s', (search, text) => expect(entriesText('i', browseIn(search))).toBe(text))

test('a form as a query', () =>
  expect(createText({ name: 'a', collection: 'c', terms: 'data.x, ref', values: 'reverse data.y', unique: true, serialized: false })).toBe(`CreateIndex({
  name: "a",
  source: Collection("c"),
  terms: [{field: ["data","x"]}, {field: ["ref"]}],
  values: [{field: ["data","y"], reverse: true}],
  unique: true,
  serialized: false
})`))

test('a cursor keeps its digits', () => {
  const json = '{\n  "before": [\n    1\n  ],\n  "after": [\n    9007199254740993,\n    "a"\n  ],\n  "data": []\n}'
  expect(wireOf(json, 'after')).toBe('[9007199254740993,"a"]')
  expect(wireOf(json, 'before')).toBe('[1]')
  expect(wireOf('{\n  "data": []\n}', 'after')).toBeUndefined()
})

test.each<[Partial<Judgement>, string]>([
  [{ allowed: true, builtIn: 'admin' }, 'The built-in role admin may do this.'],
  [{ rules: [{ role: 'r', privilege: 1, allows: false, when: 'x' }], roles: [{ name: 'r', held: true }] }, 'The condition of privilege 2 of the role r does not hold.'],
  [{ allowed: true, rules: [{ role: 'r', privilege: 0, allows: true }], roles: [{ name: 'r', held: true }] }, 'Privilege 1 of the role r allows it.'],
  [{ roles: [{ name: 'r', held: false, when: 'x' }] }, 'It has no role: no condition of membership holds.'],
])('%j', (judgement, sentence) => expect(sentenceOf({ allowed: false, roles: [], rules: [], ...judgement })).toBe(sentence))
