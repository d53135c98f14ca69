/** Reading the list of collections. */

import { get, isArray } from '../../value/access'
import { refOf, stringOf, type Value } from '../../value/parse'
import { numberOf } from './texts'

/** What the list tells about a collection. */
export interface Definition {
  name: string
  /** Days for which old versions are kept; undefined keeps them for ever. */
  historyDays: number | undefined
  /** Days after which documents that nobody writes expire. */
  ttlDays: number | undefined
  /** When the definition was changed last, in microseconds. */
  ts: number | undefined
  /** The number of documents, at most counted + 1. */
  count: number
}

/** The names in a page of Collections(), in alphabetical order. */
export function namesOf(page: Value): { names: string[]; more: boolean } {
  const data = get(page, 'data')
  const names = isArray(data) ? data.flatMap((ref) => refOf(ref)?.id ?? []) : []
  const { compare } = new Intl.Collator('en', { numeric: true })
  return { names: names.sort(compare), more: get(page, 'after') !== undefined }
}

/** The names that hold the text, without regard to case. */
export function matching(names: string[], text: string): string[] {
  const part = text.trim().toLowerCase()
  return part === '' ? names : names.filter((name) => name.toLowerCase().includes(part))
}

/** What the query of definitionsText gave, by name; those that are gone are missing. */
export function definitionsOf(value: Value): Map<string, Definition> {
  return new Map((isArray(value) ? value : []).flatMap((each) => definitionOf(each) ?? []).map((each) => [each.name, each]))
}

function definitionOf(value: Value): Definition | undefined {
  const name = stringOf(get(value, 'definition', 'name'))
  if (name === undefined) return undefined
  return {
    name,
    historyDays: numberOf(get(value, 'definition', 'history_days')),
    ttlDays: numberOf(get(value, 'definition', 'ttl_days')),
    ts: numberOf(get(value, 'definition', 'ts')),
    count: numberOf(get(value, 'count')) ?? 0,
  }
}
