/** The FQL of the pages of roles, keys and tokens. */

import { fql, raw } from '../../api/query'
import { fieldsOf, get, isArray } from '../../value/access'
import { refOf, stringOf, type Value } from '../../value/parse'
import { lineOf } from '../../value/text'
import { Query } from '../../value/types'
import { roleText, type RoleChoice } from '../functions/texts'

export const roleDocumentText = (name: string) => fql`Get(Role(${name}))`

/** What a role allows, as FQL, which the server writes out. */
export const rulesText = (name: string) => fql`Let({role: Get(Role(${name}))}, {
  privileges: Select("privileges", Var("role"), []),
  membership: Select("membership", Var("role"), [])
})`

export const saveRoleText = (name: string, rules: string) => `Update(Role(${JSON.stringify(name)}), ${rules})`

/** The text of a new role: the object of its rules with the name in it. */
export const makeRoleText = (name: string, rules: string) => `CreateRole(Merge({name: ${JSON.stringify(name)}}, ${rules}))`

/** A row of the grid of privileges: what it is about, and for each action whether it is
 *  allowed, never, or under a condition. */
export interface Privilege {
  resource: string
  actions: { name: string; allowed: 'yes' | 'no' | 'if' }[]
}

export const actions = ['read', 'write', 'create', 'delete', 'call', 'history_read', 'history_write', 'create_with_id', 'unrestricted_read'] as const

const listOf = (value: Value | undefined): readonly Value[] => (value === undefined || value === null ? [] : isArray(value) ? value : [value])

export function privilegesOf(role: Value): Privilege[] {
  return listOf(get(role, 'privileges')).map((each) => ({
    resource: lineOf(get(each, 'resource') ?? null),
    actions: fieldsOf(get(each, 'actions')).map(([name, when]) => ({ name, allowed: when instanceof Query ? 'if' : when === true ? 'yes' : 'no' })),
  }))
}

/** The collections whose documents have the role. */
export function membersOf(role: Value): { collection: string; conditional: boolean }[] {
  return listOf(get(role, 'membership')).map((each) => ({
    collection: refOf(get(each, 'resource'))?.id ?? lineOf(get(each, 'resource') ?? null),
    conditional: get(each, 'predicate') instanceof Query,
  }))
}

/** What the form of a new key holds. */
export interface KeyForm {
  role: RoleChoice
  /** A child database that it opens, "" for this one. */
  database: string
  name: string
  /** Days until it ends, 0 for never. */
  days: number
}

export function makeKeyText({ role, database, name, days }: KeyForm): string {
  const lines = [
    `role: ${roleText(role)}`,
    ...(database === '' ? [] : [fql`database: Database(${database})`]),
    ...(name === '' ? [] : [fql`data: {name: ${name}}`]),
    ...(days === 0 ? [] : [fql`ttl: TimeAdd(Now(), ${days}, "days")`]),
  ]
  return `CreateKey({\n  ${lines.join(',\n  ')}\n})`
}

/** The role of a key, in words. */
export function keyRole(key: Value): string {
  return listOf(get(key, 'role'))
    .map((role) => stringOf(role) ?? refOf(role)?.id ?? lineOf(role))
    .join(', ')
}

export const deleteText = (set: 'Keys' | 'Tokens', id: string) => fql`Delete(Ref(${raw(set)}(), ${id}))`
