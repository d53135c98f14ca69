/** What differs between two JSON Schemas, property by property, for people to read. The
 *  server decides what may be done. */

import { jsonText } from '../../value/written'

export interface Change {
  kind: 'added' | 'changed' | 'removed'
  /** The entity and the property: Inventory.itemName. */
  path: string
  before?: string
  after?: string
}

/** The changes in the order of the new schema, with what was removed at the end. */
export function differenceOf(before: unknown, after: unknown): Change[] {
  const old = flatten(before)
  const now = flatten(after)
  const changes: Change[] = []
  for (const [path, text] of now) {
    const was = old.get(path)
    if (was === undefined) changes.push({ kind: 'added', path, after: text })
    else if (was !== text) changes.push({ kind: 'changed', path, before: was, after: text })
  }
  for (const [path, text] of old) if (!now.has(path)) changes.push({ kind: 'removed', path, before: text })
  return changes
}

/** An entity or property of a schema: where it is, and its type and rules in a line. */
export interface Member {
  path: string
  depth: number
  name: string
  text: string
  description?: string
}

/** All entities and properties of a schema, in order, each before what it holds. */
export function membersOf(schema: unknown): Member[] {
  const root = objectOf(schema)
  const definitions = { ...objectOf(root['definitions']), ...objectOf(root['$defs']) }
  const members: Member[] = []
  walk(root, '', 0, [])
  return members

  function walk(holder: Rules, path: string, depth: number, opened: string[]) {
    const required = Array.isArray(holder['required']) ? holder['required'] : []
    for (const [name, raw] of Object.entries(objectOf(holder['properties']))) {
      const { rules, refs } = resolve(objectOf(raw), definitions)
      const here = path === '' ? name : `${path}.${name}`
      const { description } = rules
      members.push({
        path: here,
        depth,
        name,
        text: spelled(rules, definitions) + (required.includes(name) ? ', required' : ''),
        ...(typeof description === 'string' ? { description } : {}),
      })
      if (refs.some((ref) => opened.includes(ref))) continue
      const inside = resolve(objectOf(rules['items']), definitions)
      const within = [...opened, ...refs, ...inside.refs]
      if (!inside.refs.some((ref) => opened.includes(ref))) walk(rules['items'] === undefined ? rules : inside.rules, here, depth + 1, within)
    }
  }
}

type Rules = Record<string, unknown>

function flatten(schema: unknown): Map<string, string> {
  const map = new Map(membersOf(schema).map(({ path, text }) => [path, text]))
  for (const [name, value] of Object.entries(objectOf(schema))) {
    if (name.startsWith('x-')) map.set(name, jsonText(value))
  }
  return map
}

/** Follows references inside the schema. */
function resolve(rules: Rules, definitions: Rules): { rules: Rules; refs: string[] } {
  const refs: string[] = []
  for (let at = rules; ; at = objectOf(definitions[refs.at(-1) ?? ''])) {
    const ref = typeof at['$ref'] === 'string' ? at['$ref'].split('/').at(-1)! : undefined
    if (ref === undefined || refs.includes(ref)) return { rules: at, refs }
    refs.push(ref)
  }
}

/** Members that say nothing about what is valid, or are told otherwise. */
const silent = new Set(['type', 'properties', 'items', 'required', 'description', 'title', 'examples', '$comment', 'additionalProperties', 'default', '$ref'])

function spelled(rules: Rules, definitions: Rules): string {
  const type = Array.isArray(rules['type']) ? rules['type'].join(' or ') : String(rules['type'] ?? 'anything')
  const of = type === 'array' ? ` of ${spelled(resolve(objectOf(rules['items']), definitions).rules, definitions)}` : ''
  const others = Object.entries(rules).filter(([name]) => !silent.has(name))
  return type + of + others.map(([name, value]) => `, ${name} ${typeof value === 'string' ? value : jsonText(value)}`).join('')
}

function objectOf(value: unknown): Rules {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Rules) : {}
}
