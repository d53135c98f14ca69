/** A reader of JSON for which JSON.parse loses too much: numbers keep their digits
 *  and members their order, also those that are named like numbers or `__proto__`. */

import { Num, Obj, type Value } from './types'

/** Reads JSON text. `made` sees every object once its members are read and says
 *  what stands in its place; it does not see the one in an `@obj`, whose members
 *  are data whatever their names. Throws SyntaxError with the place of a mistake. */
export function readJson(text: string, made: (object: Obj) => Value): Value {
  const reader = new Reader(text, made)
  const value = reader.value()
  reader.end()
  return value
}

const space = /[ \t\n\r]*/y
const number = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const words: ReadonlyMap<string, null | boolean> = new Map([
  ['null', null],
  ['true', true],
  ['false', false],
])

class Reader {
  private at = 0

  constructor(
    private readonly text: string,
    private readonly made: (object: Obj) => Value,
  ) {}

  /** Reads a value; an object stays what it is when it is `plain`. */
  value(plain = false): Value {
    this.match(space)
    switch (this.text[this.at]) {
      case '{':
        return this.object(plain)
      case '[':
        return this.array()
      case '"':
        return this.string()
    }
    for (const [word, value] of words) {
      if (!this.text.startsWith(word, this.at)) continue
      this.at += word.length
      return value
    }
    return new Num(this.match(number) ?? this.fail())
  }

  end(): void {
    this.match(space)
    if (this.at < this.text.length) this.fail()
  }

  private object(plain: boolean): Value {
    const fields = new Map<string, Value>()
    this.elements('}', () => {
      this.match(space)
      const name = this.string()
      if (!this.take(':')) this.fail()
      fields.set(name, this.value(name === '@obj' && !plain))
    })
    return plain ? new Obj(fields) : this.made(new Obj(fields))
  }

  private array(): Value[] {
    const elements: Value[] = []
    this.elements(']', () => elements.push(this.value()))
    return elements
  }

  /** Reads what stands between the bracket here and `close`. */
  private elements(close: string, element: () => void): void {
    this.at++
    if (this.take(close)) return
    do element()
    while (this.take(','))
    if (!this.take(close)) this.fail()
  }

  private string(): string {
    if (this.text[this.at] !== '"') this.fail()
    let end = this.at
    do end = this.text.indexOf('"', end + 1)
    while (end >= 0 && this.escaped(end))
    if (end < 0) this.fail()
    const literal = this.text.slice(this.at, end + 1)
    this.at = end + 1
    return literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1)
  }

  /** Whether an odd number of backslashes stands before that place. */
  private escaped(place: number): boolean {
    let first = place
    while (this.text[first - 1] === '\\') first--
    return (place - first) % 2 === 1
  }

  /** Whether `character` comes next, after white space, and is now read. */
  private take(character: string): boolean {
    this.match(space)
    if (this.text[this.at] !== character) return false
    this.at++
    return true
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }

  private fail(): never {
    throw new SyntaxError(`This is no JSON at ${this.at}: ${this.text.slice(this.at, this.at + 20)}`)
  }
}
