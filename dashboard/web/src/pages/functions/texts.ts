/** The FQL of the pages of functions. */

import { fql, raw } from '../../api/query'
import { get } from '../../value/access'
import { refOf, type Value } from '../../value/parse'
import { Query } from '../../value/types'

export const functionText = (name: string) => fql`Get(Function(${name}))`

/** The body as FQL, which the server writes out. */
export const bodyText = (name: string) => fql`Select("body", Get(Function(${name})))`

/** With what rights a function runs: "" are the caller's, a role of one's own is
 *  prefixed. */
export type RoleChoice = string

export const builtIn = ['admin', 'server', 'server-readonly', 'client'] as const

export const ownRole = (name: string): RoleChoice => `role ${name}`

/** The member role of a function's document as a choice. */
export function roleOf(document: Value): RoleChoice {
  const role = get(document, 'role')
  if (typeof role === 'string') return role
  const ref = refOf(role)
  return ref ? ownRole(ref.id) : ''
}

/** The FQL of a choice. */
export function roleText(role: RoleChoice): string {
  if (role === '') return 'null'
  return role.startsWith('role ') ? fql`Role(${role.slice(5)})` : JSON.stringify(role)
}

export const saveText = (name: string, body: string, role: RoleChoice) => fql`Update(Function(${name}), {
  body: ${raw(body)},
  role: ${raw(roleText(role))}
})`

export const makeText = (name: string, body: string, role: RoleChoice) => fql`CreateFunction({
  name: ${name},
  body: ${raw(body)}${raw(role === '' ? '' : `,\n  role: ${roleText(role)}`)}
})`

/** A call; arguments that are left empty are null. */
export const callText = (name: string, args: readonly string[]) => `Call(${[fql`Function(${name})`, ...args.map((arg) => (arg.trim() === '' ? 'null' : arg))].join(', ')})`

/** The parameters of a function's body. */
export function parametersOf(document: Value): string[] {
  const body = get(document, 'body')
  return body instanceof Query ? body.parameters : []
}
