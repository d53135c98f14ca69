/** Indexes as the pages tell of them, and the FQL of the pages. */

import { fql, raw } from '../../api/query'
import { fieldsOf, get, isArray } from '../../value/access'
import { fqlOf } from '../../value/fql'
import { parseValue, refOf, stringOf, type Value } from '../../value/parse'
import { lineOf } from '../../value/text'
import { Num, Ref } from '../../value/types'
import type { Kind } from '../collections/definitions'

/** What an index is. */
export interface IndexDefinition {
  name: string
  /** The collections that it is over, in words. */
  sources: string[]
  /** The one collection that it is over, if it is one. */
  collection: string | undefined
  terms: string[]
  values: string[]
  unique: boolean
  serialized: boolean
  active: boolean
  /** How far its build is, in documents, or why that ended. */
  build: string | undefined
  /** The documents that its build has done. */
  built: number | undefined
  ts: number | undefined
}

/** The definitions of the indexes that are not complete. */
export const unfinishedText = 'Filter(Map(Paginate(Indexes(), {size: 100000}), Lambda("ref", Get(Var("ref")))), Lambda("index", Not(Equals(Select("active", Var("index"), false), true))))'

export const indexText = (name: string) => fql`Get(Index(${name}))`

/** The definition in the document of an index. */
export function indexOf(value: Value): IndexDefinition {
  const sources = sourcesOf(get(value, 'source'))
  const only = sources.length === 1 ? collectionOf(sources[0]!) : undefined
  return {
    name: stringOf(get(value, 'name')) ?? '',
    sources: sources.map(sourceOf),
    collection: only instanceof Ref && only.collection?.id === 'collections' ? only.id : undefined,
    terms: fieldsTold(get(value, 'terms')),
    values: fieldsTold(get(value, 'values')),
    unique: get(value, 'unique') === true,
    serialized: get(value, 'serialized') !== false,
    active: get(value, 'active') === true,
    build: buildOf(get(value, 'build')),
    built: builtOf(get(value, 'build')),
    ts: get(value, 'ts') instanceof Num ? Number((get(value, 'ts') as Num).text) : undefined,
  }
}

const sourcesOf = (source: Value | undefined): readonly Value[] => (source === undefined || source === null ? [] : isArray(source) ? source : [source])

/** Indexes as a list shows them. */
export const indexes: Kind<IndexDefinition> = {
  set: 'Indexes',
  maker: 'Index',
  what: 'Get(Var("ref"))',
  read: indexOf,
  about: { text: 'Select("source", Get(Var("ref")), null)', told: (source) => sourcesOf(source).map(sourceOf).join(' ') },
  moving: ({ active }) => !active,
}

const collectionOf = (source: Value): Value | undefined => (source instanceof Ref ? source : get(source, 'collection'))

function sourceOf(source: Value): string {
  const collection = collectionOf(source)
  if (collection === '_') return 'all collections'
  const name = collection instanceof Ref ? (collection.collection ? collection.id : `${collection.id} (native)`) : lineOf(source)
  const computed = fieldsOf(get(source, 'fields')).map(([field]) => field)
  return computed.length > 0 ? `${name} with ${computed.join(', ')}` : name
}

/** data.name, reverse data.at, computed total */
function fieldsTold(list: Value | undefined): string[] {
  if (list === undefined || list === null) return []
  return (isArray(list) ? list : [list]).map((each) => {
    const binding = stringOf(get(each, 'binding'))
    const field = get(each, 'field')
    const path = isArray(field) ? field.map((step) => lineOf(step)).join('.') : field === undefined ? lineOf(each) : lineOf(field)
    return (get(each, 'reverse') === true ? 'reverse ' : '') + (binding === undefined ? path : `computed ${binding}`)
  })
}

function buildOf(build: Value | undefined): string | undefined {
  const failure = stringOf(get(build, 'failure'))
  if (failure !== undefined) return `failed: ${failure}`
  const documents = builtOf(build)
  return documents === undefined ? undefined : `${documents.toLocaleString('en')} documents done`
}

function builtOf(build: Value | undefined): number | undefined {
  const documents = get(build, 'documents')
  return documents instanceof Num ? Number(documents.text) : undefined
}

/** Which entries of an index are shown: those of some terms, from a cursor. Both are
 *  the protocol's JSON, so that a URL can hold values and nothing that acts. */
export interface Browse {
  terms: string | undefined
  after: string | undefined
  before: string | undefined
}

/** The parts of a URL's search; what is no JSON of values is as if it were not there. */
export function browseIn(search: Record<string, unknown>): Browse {
  const text = (name: string) => {
    const part = search[name]
    if (typeof part !== 'string') return undefined
    try {
      fqlOf(parseValue(part))
      return part
    } catch {
      return undefined
    }
  }
  return { terms: text('terms'), after: text('after'), before: text('before') }
}

export const entriesPerPage = 64

/** The query of a page of entries. */
export function entriesText(name: string, { terms, after, before }: Browse): string {
  const list = terms === undefined ? undefined : parseValue(terms)
  const given = list === undefined || (isArray(list) && list.length === 0) ? '' : `, ${fqlOf(list)}`
  const cursor = after !== undefined ? `, after: ${fqlOf(parseValue(after))}` : before !== undefined ? `, before: ${fqlOf(parseValue(before))}` : ''
  return fql`Paginate(Match(Index(${name})${raw(given)}), {size: ${entriesPerPage}${raw(cursor)}})`
}

/** The elements of a page, each the values of an entry. */
export function entriesOf(value: Value): Value[][] {
  const data = get(value, 'data')
  return (isArray(data) ? data : []).map((row) => (isArray(row) ? [...row] : [row]))
}

/** A cursor of a page as the JSON that it came in, but for its white space: numbers keep
 *  their digits. */
export function wireOf(json: string, member: 'after' | 'before'): string | undefined {
  // Indented by the server: members of the page begin two spaces in.
  const begin = json.indexOf(`\n  "${member}": `)
  if (begin < 0) return undefined
  const from = begin + `\n  "${member}": `.length
  const end = /\n(?: {2}"|\})/.exec(json.slice(from))
  return json.slice(from, end ? from + end.index : undefined).replace(/,$/, '').replace(/\n\s*/g, '')
}

/** What the form of a new index holds. */
export interface IndexForm {
  name: string
  collection: string
  /** Paths such as data.name, separated by commas. */
  terms: string
  values: string
  unique: boolean
  serialized: boolean
}

/** The query that makes the index. */
export function createText({ name, collection, terms, values, unique, serialized }: IndexForm): string {
  const lines = [
    fql`name: ${name}`,
    fql`source: Collection(${collection})`,
    ...fieldsText('terms', terms),
    ...fieldsText('values', values),
    ...(unique ? ['unique: true'] : []),
    ...(serialized ? [] : ['serialized: false']),
  ]
  return `CreateIndex({\n  ${lines.join(',\n  ')}\n})`
}

function fieldsText(name: string, list: string): string[] {
  const fields = list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const reverse = /^reverse\s+/.test(each)
      const path = each.replace(/^reverse\s+/, '').split('.')
      return `{field: ${JSON.stringify(path)}${reverse ? ', reverse: true' : ''}}`
    })
  return fields.length === 0 ? [] : [`${name}: [${fields.join(', ')}]`]
}

/** The names of the definitions in a page of references. */
export const namesIn = (page: Value): string[] => {
  const data = get(page, 'data')
  return isArray(data) ? data.flatMap((ref) => refOf(ref)?.id ?? []) : []
}
