/** Asking who may do what. */

import { ApiError, request } from '../../api/http'

/** As whom something would be done: one of these. */
export interface Actor {
  builtIn?: string
  role?: string
  /** collection/id */
  document?: string
  /** A key's or token's secret. */
  secret?: string
}

export interface Judgement {
  allowed: boolean
  /** The built-in role that decided alone. */
  builtIn?: string
  roles: { name: string; held: boolean; when?: string }[]
  rules: { role: string; privilege: number; allows: boolean; when?: string }[]
}

export interface Question {
  as: Actor
  action: string
  /** FQL of a reference. */
  on: string
  /** FQL of what the action gets: params, terms or arguments. */
  with: string
}

/** Asks the server; throws ApiError. */
export async function explain(database: string, question: Question): Promise<Judgement> {
  return (await (await request('POST', 'explain', { database, ...question })).json()) as Judgement
}

/** The field of the question that an error is about, and what is wrong with it. */
export function troubleOf(thrown: unknown): { field: 'as' | 'on' | 'with' | ''; text: string } {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  const [, field, rest] = /^(as|on|with): ([^]*)$/.exec(text) ?? []
  if (field && rest) return { field: field as 'as' | 'on' | 'with', text: rest }
  if (thrown instanceof ApiError && thrown.status === 403 && /act as|act with/.test(text)) return { field: 'as', text }
  return { field: '', text }
}

/** The judgement in a sentence. */
export function sentenceOf({ allowed, builtIn, roles, rules }: Judgement): string {
  if (builtIn !== undefined) return allowed ? `The built-in role ${builtIn} may do this.` : `The built-in role ${builtIn} may not do this.`
  const rule = rules.find((each) => each.allows)
  if (allowed && rule) return `Privilege ${rule.privilege + 1} of the role ${rule.role} allows it${rule.when ? ': its condition holds' : ''}.`
  if (allowed) return 'A document may read its own tokens and credentials, and who may create and write history may create with an id.'
  if (roles.length === 0) return 'No role: nothing is allowed without one.'
  if (roles.every((each) => !each.held)) return 'It has no role: no condition of membership holds.'
  if (rules.length === 0) return 'No privilege of its roles is about this action on this.'
  return rules.length === 1 ? `The condition of privilege ${rules[0]!.privilege + 1} of the role ${rules[0]!.role} does not hold.` : 'None of the conditions holds.'
}
