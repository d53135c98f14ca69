/** Lists of definitions: all names, and of those in sight what else there is to tell. */

import { fql, raw } from '../../api/query'
import { get, isArray } from '../../value/access'
import { refOf, stringOf, type Value } from '../../value/parse'
import { countText, numberOf } from './texts'

/** The most definitions of a kind that are listed. */
export const listed = 100_000

/** How many definitions are read at once. */
export const chunk = 100

/** A name with what else the filter of a list looks at. */
export interface Named {
  name: string
  about: string
}

/** A kind of definitions. T is what a row tells of one. */
export interface Kind<T> {
  /** The function that lists them, and the one that names one. */
  set: 'Collections' | 'Indexes' | 'Functions' | 'Roles'
  maker: 'Collection' | 'Index' | 'Function' | 'Role'
  /** FQL of what is read of Var("ref"). */
  what: string
  read: (value: Value) => T
  /** FQL of what a filter looks at besides the name, of Var("ref"), and how it is told. */
  about?: { text: string; told: (value: Value) => string }
  /** Whether one will change by itself. */
  moving?: (one: T) => boolean
}

/** All definitions of a kind. */
export function namesText({ set, about }: Pick<Kind<unknown>, 'set' | 'about'>): string {
  const page = fql`Paginate(${raw(set)}(), {size: ${listed}})`
  return about ? `Map(${page}, Lambda("ref", [Var("ref"), ${about.text}]))` : page
}

/** The names in what namesText gave, in alphabetical order, and whether there are more. */
export function namesOf(page: Value, told: (value: Value) => string = () => ''): { names: Named[]; more: boolean } {
  const data = get(page, 'data')
  const names = (isArray(data) ? data : []).flatMap((each): Named[] => {
    const ref = refOf(isArray(each) ? each[0] : each)
    return ref ? [{ name: ref.id, about: isArray(each) ? told(each[1] ?? null) : '' }] : []
  })
  const { compare } = new Intl.Collator('en', { numeric: true })
  return { names: names.sort((a, b) => compare(a.name, b.name)), more: get(page, 'after') !== undefined }
}

/** Those that hold the text, without regard to case. */
export function matching(names: readonly Named[], text: string): readonly Named[] {
  const part = text.trim().toLowerCase()
  return part === '' ? names : names.filter(({ name, about }) => name.toLowerCase().includes(part) || about.toLowerCase().includes(part))
}

/** What is told of some definitions, in their order; null for one that is gone by now. */
export function definitionsText({ maker, what }: Pick<Kind<unknown>, 'maker' | 'what'>, names: readonly string[]): string {
  return fql`Map(
  ${raw(JSON.stringify(names))},
  Lambda("name", Let(
    {ref: ${raw(maker)}(Var("name"))},
    If(Exists(Var("ref")), ${raw(what)}, null)
  ))
)`
}

/** What the query of definitionsText gave, by name; null for those that are gone. */
export function definitionsOf<T>(names: readonly string[], value: Value, read: (value: Value) => T): Map<string, T | null> {
  const list = isArray(value) ? value : []
  return new Map(names.map((name, i) => [name, list[i] === null || list[i] === undefined ? null : read(list[i])]))
}

/** What the list of collections tells about one. */
export interface CollectionDefinition {
  /** Days for which old versions are kept; undefined keeps them for ever. */
  historyDays: number | undefined
  /** Days after which documents that nobody writes expire. */
  ttlDays: number | undefined
  /** When the definition was changed last, in microseconds. */
  ts: number | undefined
  /** The number of documents, at most counted + 1. */
  count: number
}

export const collections: Kind<CollectionDefinition> = {
  set: 'Collections',
  maker: 'Collection',
  what: `{definition: Get(Var("ref")), count: ${countText('Var("ref")')}}`,
  read: (value) => ({
    historyDays: numberOf(get(value, 'definition', 'history_days')),
    ttlDays: numberOf(get(value, 'definition', 'ttl_days')),
    ts: numberOf(get(value, 'definition', 'ts')),
    count: numberOf(get(value, 'count')) ?? 0,
  }),
}

/** The name of a definition's document. */
export const nameOf = (value: Value): string => stringOf(get(value, 'name')) ?? ''

