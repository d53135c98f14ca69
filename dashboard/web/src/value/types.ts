/** The values of FQL v4 as a browser keeps them: nothing is rounded, the order of
 *  members stands, and what JSON cannot say has a class of its own. */

/** Any value. */
export type Value = Scalar | readonly Value[] | Obj

/** A value without members. */
export type Scalar = null | boolean | string | Num | Ref | Time | DateValue | Bytes | SetValue | Query | Uuid

/** A number with all the digits that the server wrote. */
export class Num {
  constructor(readonly text: string) {}

  /** Whether it is a whole number of the language, not a double. */
  get isInteger(): boolean {
    return !/[.eE]/.test(this.text)
  }
}

/** A reference to a document, to a definition by its name, or, without a
 *  collection, to a native collection such as `databases`. */
export class Ref {
  constructor(
    readonly id: string,
    readonly collection?: Ref,
    /** The foreign database in which it is. */
    readonly database?: Ref,
  ) {}
}

/** An instant as ISO text in UTC, with up to nine digits after the second. */
export class Time {
  constructor(readonly text: string) {}
}

/** A day as ISO text. */
export class DateValue {
  constructor(readonly text: string) {}
}

/** Bytes in base64. */
export class Bytes {
  constructor(readonly base64: string) {}

  get length(): number {
    return (this.base64.length / 4) * 3 - (this.base64.match(/=+$/)?.[0].length ?? 0)
  }
}

/** The description of a set: its payload on the wire. */
export class SetValue {
  constructor(readonly payload: Value) {}
}

/** A function value: its wire form, which only the server reads. */
export class Query {
  constructor(readonly wire: Obj) {}

  /** The names of its parameters. */
  get parameters(): string[] {
    const pattern = this.wire.fields.get('lambda') ?? null
    if (typeof pattern === 'string') return [pattern]
    return Array.isArray(pattern) ? pattern.filter((name) => typeof name === 'string') : []
  }
}

/** A UUID as text. */
export class Uuid {
  constructor(readonly text: string) {}
}

/** An object; its members keep the order in which they came. */
export class Obj {
  constructor(readonly fields: ReadonlyMap<string, Value>) {}
}
