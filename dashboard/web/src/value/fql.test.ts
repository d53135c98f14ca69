import { expect, test } from 'vitest'
import { fqlOf, laidOut } from './fql'
import { parseValue } from './parse'

test.each([
  ['null', 'null'],
  ['9007199254740993', '9007199254740993'],
  ['[1, "a\\"b", {"x y": true}]', '[1, "a\\"b", {"x y": true}]'],
  ['{"@ref": {"id": "1", "collection": {"@ref": {"id": "c", "collection": {"@ref": {"id": "collections"}}}}}}', 'Ref(Collection("c"), "1")'],
  ['{"@ts": "2020-01-01T00:00:00Z"}', 'Time("2020-01-01T00:00:00Z")'],
  // A link that somebody sent cannot make it anything but a value.
  ['{"@ts": "x\\"), Delete(\\""}', 'Time("x\\"), Delete(\\"")'],
])('%s is %s', (json, text) => expect(fqlOf(parseValue(json))).toBe(text))

test('a set is no plain value', () => expect(() => fqlOf(parseValue('{"@set": {"match": 1}}'))).toThrow(TypeError))

test.each([
  ['Add(1, 2)', 'Add(1, 2)'],
  [
    'Query(Lambda(["customer", "products"], Let({a: Get(Var("customer")), b: Select(["data", "name"], Var("a"))}, Var("b"))))',
    `Query(
  Lambda(
    ["customer", "products"],
    Let(
      {
        a: Get(Var("customer")),
        b: Select(["data", "name"], Var("a"))
      },
      Var("b")
    )
  )
)`,
  ],
  ['Concat(["a,(b", "c"], "// no comment")', 'Concat(["a,(b", "c"], "// no comment")'],
  ['Add(1, // one\n 2)', 'Add(1, // one\n 2)'],
])('%s in lines', (text, lines) => expect(laidOut(text)).toBe(lines))
