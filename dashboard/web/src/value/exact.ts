/** JSON as plain objects, and no digit lost. */

import { readJson } from './json'
import { Num, Obj, type Value } from './types'

/** As JSON.parse, but a number that a double does not hold as it is written stays a Num,
 *  for `jsonText` to write again. Throws the SyntaxError of JSON.parse. */
export function parseExact(text: string): unknown {
  JSON.parse(text) // says better what is wrong
  return plain(readJson(text, (object) => object))
}

function plain(value: Value): unknown {
  if (value instanceof Num) return same(value.text) ? Number(value.text) : value
  if (value instanceof Obj) return Object.fromEntries([...value.fields].map(([name, member]) => [name, plain(member)]))
  return Array.isArray(value) ? value.map(plain) : value
}

/** Whether the text is how a double of its value is written. */
const same = (text: string) => JSON.stringify(Number(text)) === text
