/** As whom something is done, as a URL says it: "role clerk", "document clerks/1",
 *  "built-in server", "key 12 as role clerk". A secret is never in a URL. */

import { get, isArray } from '../../value/access'
import { refOf, stringOf, type Value } from '../../value/parse'
import type { Actor } from './explain'

/** Whose rights are taken on. */
export interface Identity {
  kind: 'role' | 'document' | 'built-in'
  name: string
}

export type ActorKind = Identity['kind'] | 'key' | 'token' | 'secret'

/** What fields hold: a kind and a name, "" as long as nothing is chosen. */
export interface Acting {
  kind: ActorKind
  /** Of a key or token, its id. */
  name: string
  /** Of a key or token, what its secret acts as. */
  as?: Identity
}

export function actingIn(part: unknown): Acting | undefined {
  const [, kind, name] = /^(role|document|built-in) (.+)$/.exec(String(part)) ?? []
  if (kind && name) return { kind: kind as ActorKind, name }
  const [, of, id, rest] = /^(key|token) (\S+) as (.+)$/.exec(String(part)) ?? []
  const as = rest === undefined ? undefined : actingIn(rest)
  return of && id && as && isIdentity(as) ? { kind: of as ActorKind, name: id, as } : undefined
}

const isIdentity = (acting: Acting): acting is Identity => acting.as === undefined

/** The part of a URL; none for a secret, nor while nothing is chosen. */
export function partOf({ kind, name, as }: Acting): string | undefined {
  if (kind === 'secret' || name === '') return undefined
  if (kind === 'key' || kind === 'token') return as && `${kind} ${name} as ${as.kind} ${as.name}`
  return `${kind} ${name}`
}

/** As the server takes it. */
export function actorOf({ kind, name, as }: Acting): Actor {
  switch (kind) {
    case 'role':
      return { role: name }
    case 'document':
      return { document: name.trim() }
    case 'built-in':
      return { builtIn: name }
    case 'secret':
      return { secret: name.trim() }
    case 'key':
    case 'token':
      return as ? actorOf(as) : {}
  }
}

/** The one that is acted as, in a few words. */
export function actorTold({ kind, name, as }: Acting): string {
  if (kind === 'secret') return 'another secret'
  if (as) return `${kind} ${name}, ${actorTold(as)}`
  return kind === 'built-in' ? name : `${kind} ${name}`
}

/** A key or token that can be picked from a list. */
export interface Pick {
  id: string
  /** What it is called, "" without a name. */
  name: string
  /** What its secret acts as. */
  as?: Identity
  /** Why it cannot be acted as without its secret. */
  why?: string
}

/** What a document of Keys() acts as. */
export function keyPick(key: Value): Pick {
  const pick = { id: refOf(key)?.id ?? '', name: stringOf(get(key, 'data', 'name')) ?? stringOf(get(key, 'name')) ?? '' }
  const database = refOf(get(key, 'database'))
  if (database) return { ...pick, why: `opens the database ${database.id}` }
  const role = get(key, 'role')
  const roles = isArray(role) ? role : [role ?? null]
  const names = roles.map((each) => stringOf(each) ?? refOf(each)?.id ?? '?')
  if (roles.length !== 1) return { ...pick, why: `roles ${names.join(', ')}: use its secret` }
  return { ...pick, as: { kind: typeof roles[0] === 'string' ? 'built-in' : 'role', name: names[0]! } }
}

/** What a document of Tokens() acts as. */
export function tokenPick(token: Value): Pick {
  const pick = { id: refOf(token)?.id ?? '', name: stringOf(get(token, 'data', 'name')) ?? '' }
  const document = refOf(get(token, 'instance'))
  const collection = document?.collection?.id
  if (!document || collection === undefined) return { ...pick, why: 'of nothing that is told' }
  return { ...pick, as: { kind: 'document', name: `${collection}/${document.id}` } }
}

/** A line for a list. */
export const pickTold = ({ id, name, as, why }: Pick): string => [name, as ? actorTold(as) : (why ?? ''), id].filter(Boolean).join(' · ')
