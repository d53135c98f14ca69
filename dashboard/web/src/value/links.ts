/** Where references lead. */

import { pathTo, shellWith, type Names } from '../layout/paths'
import { pathOf } from './access'
import { refText } from './text'
import { Ref } from './types'

/** A reference as a link of the application. */
export interface RefLink {
  to: string
  search?: { text: string }
  /** What it is: Ref for a document, else Collection, Function, … */
  mark: string
  /** What to call it in a table: stores/12, submit_order. */
  label: string
}

const marks: Readonly<Record<string, string>> = {
  databases: 'Database',
  collections: 'Collection',
  indexes: 'Index',
  functions: 'Function',
  roles: 'Role',
  keys: 'Key',
  tokens: 'Token',
  credentials: 'Credential',
  access_providers: 'AccessProvider',
}

/** The link of a reference that stands in the database of those names. Documents
 *  and most definitions have pages; for any other definition the shell opens
 *  with the query that reads it. */
export function linkOf(names: Names, ref: Ref): RefLink {
  const target = pathOf(ref)
  const place = [...names, ...target.database]
  const prefix = target.database.map((name) => `${name}/`).join('')
  if (target.kind === 'document') {
    const { collection, id } = target
    return { to: pathTo(place, 'collections', collection, id), mark: 'Ref', label: `${prefix}${collection}/${id}` }
  }
  if (target.kind === 'native') {
    const page = target.native === 'collections' ? { to: pathTo(place, 'collections') } : target.native === 'databases' ? { to: pathTo(place) } : undefined
    return { ...(page ?? shellWith(place, `Paginate(${refText(new Ref(ref.id))})`)), mark: 'Collection', label: refText(ref) }
  }
  const { native, name } = target
  const mark = marks[native] ?? 'Ref'
  const label = prefix + name
  if (native === 'collections') return { to: pathTo(place, 'collections', name), mark, label }
  if (native === 'databases') return { to: pathTo([...place, name]), mark, label }
  if (native === 'indexes') return { to: pathTo(place, 'indexes', name), mark, label }
  if (native === 'functions') return { to: pathTo(place, 'functions', name), mark, label }
  if (native === 'roles') return { to: pathTo(place, 'security', name), mark, label }
  const here = new Ref(ref.id, new Ref(ref.collection!.id, ref.collection!.collection))
  return { ...shellWith(place, `Get(${refText(here)})`), mark, label }
}
