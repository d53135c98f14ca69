/** As whom something is done, as a URL says it: "role clerk", "document clerks/1",
 *  "built-in server". A secret is never in a URL. */

import type { Actor } from './explain'

export type ActorKind = 'role' | 'document' | 'built-in' | 'secret'

/** What fields hold: a kind and a name. */
export interface Acting {
  kind: ActorKind
  name: string
}

export function actingIn(part: unknown): Acting | undefined {
  const [, kind, name] = /^(role|document|built-in) (.+)$/.exec(String(part)) ?? []
  return kind && name ? { kind: kind as ActorKind, name } : undefined
}

/** The part of a URL; none for a secret. */
export const partOf = ({ kind, name }: Acting): string | undefined => (kind === 'secret' || name === '' ? undefined : `${kind} ${name}`)

/** As the server takes it. */
export function actorOf({ kind, name }: Acting): Actor {
  switch (kind) {
    case 'role':
      return { role: name }
    case 'document':
      return { document: name.trim() }
    case 'built-in':
      return { builtIn: name }
    case 'secret':
      return { secret: name.trim() }
  }
}

/** The one that is acted as, in a word or two. */
export const actorTold = ({ kind, name }: Acting): string => (kind === 'secret' ? 'another secret' : kind === 'built-in' ? name : `${kind} ${name}`)
