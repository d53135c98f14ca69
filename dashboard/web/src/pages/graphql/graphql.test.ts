import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { errorsIn, indented } from './answers'
import { closed, reasonsIn, socketOf } from './live'
import { chosenAt } from './operations'
import { entityOf, operationFor, rowQuery, starting } from './starting'

const schema = buildSchema(`
  directive @vendia_transaction on MUTATION | QUERY
  type Query { get_Item(id: ID!): Item list_ItemItems(limit: Int): Items }
  type Items { _ItemItems: [Item] nextToken: String }
  type Item { _id: ID! _owner: String name: String east: Int west: Int tags: [String] at: Place }
  type Place { x: Float }
  input ItemInput { name: String east: Int west: Int colour: Colour }
  enum Colour { red green }
  type Mutation { add_Item(input: ItemInput!): Done update_Item(id: ID!, input: ItemInput!): Done }
  type Done { result: Item transaction: Transaction error: String }
  type Transaction { transactionId: ID }
  type Subscription { onUpdate_Item(after: String): Result }
  type Result { result: Item }
`)

describe('what a new editor holds', () => {
  test('is about the first entity', () => expect(entityOf(schema)).toBe('Item'))

  test.each([
    ['without rows', undefined, 'one: add_Item(input: {name: "name", east: 1, west: 1})'],
    ['with a row that can give', { _id: 'i', east: 100, west: null }, 'out: update_Item(id: "i", input: {east: 90})'],
    ['with little', { _id: 'i', east: 3, west: 0 }, 'in: update_Item(id: "i", input: {west: 1})'],
    ['with nothing to give', { _id: 'i', east: 0, west: 0 }, 'two: add_Item('],
  ])('is valid %s', (_, row, want) => {
    const text = starting(schema, row)
    expect(validate(schema, parse(text))).toEqual([])
    expect(text).toContain(want)
  })

  test('asks for a row that way', () => {
    expect(validate(schema, parse(rowQuery(schema, 'Item')))).toEqual([])
  })

  test('and from the schema tree', () => {
    const root = schema.getMutationType()!
    const text = operationFor('mutation', root.getFields()['update_Item']!)
    expect(validate(schema, parse(text))).toEqual([])
    expect(text.replace(/\s+/g, ' ')).toContain('update_Item(id: "id", input: {name: "name", east: 1, west: 1}) { error result { _id _owner name east west tags at { x } } transaction { transactionId } }')
  })
})

describe('the operation at the cursor', () => {
  const text = 'query a { x ...F }\nfragment F on Q { y }\nmutation b { z }\nfragment G on Q { w }\nsubscription c { v }'
  test.each([
    ['a', 0, 'query a { x ...F }\nfragment F on Q { y }'],
    ['b', text.indexOf('z'), 'mutation b { z }'],
    ['c', text.length, 'subscription c { v }'],
  ])('%s', (name, cursor, kept) => {
    const chosen = chosenAt(text, cursor)
    expect([chosen.name, chosen.text.trim(), chosen.text.length]).toEqual([name, kept, text.length])
  })

  test('alone, nameless, or broken', () => {
    expect(chosenAt('{ x }', 9)).toEqual({ text: '{ x }', kind: 'query' })
    expect(chosenAt('subscription {', 0)).toEqual({ text: 'subscription {', kind: 'subscription' })
    expect(chosenAt('', 0)).toEqual({ text: '', kind: 'query' })
  })
})

describe('answers', () => {
  test('keep every token', () => {
    const text = '{"a":[1,9007199254740993,{"b":"x,{\\"}"},[],{}],"c":null}'
    const lines = indented(text)
    expect(lines.replace(/\n\s*|(?<=:) /g, '')).toBe(text)
    expect(lines.split('\n').slice(0, 4)).toEqual(['{', '  "a": [', '    1,', '    9007199254740993,'])
  })

  test('tell their errors', () => {
    expect(errorsIn('{"errors":[{"message":"no","path":["a"]},{}]}')).toEqual([{ message: 'no', path: ['a'] }])
    expect(errorsIn('<html>')).toEqual([])
  })
})

test('where a WebSocket goes and why it ends', () => {
  const caller = { place: { database: 'eu', uni: 'shop', node: 'North' }, path: '/uni/shop/North/graphql' }
  const here = { protocol: 'https:', host: 'h:1' }
  expect(socketOf(caller, here)).toBe('wss://h:1/ui/api/graphql?database=eu&uni=shop&node=North')
  expect(socketOf({ ...caller, key: 'k' }, { ...here, protocol: 'http:' })).toBe('ws://h:1/uni/shop/North/graphql')
  expect([closed(1000, ''), closed(4403, 'Signed out'), closed(4999, 'x')]).toEqual(['', 'The session has ended.', 'x (4999).'])
  expect(reasonsIn([{ message: 'a' }, { message: 'b' }])).toBe('a b')
})
