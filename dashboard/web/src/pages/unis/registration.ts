/** A registration under way: what a uni will be made of, as it is typed, pasted or
 *  uploaded. */

import { parseExact } from '../../value/exact'
import { jsonText } from '../../value/written'

/** A node with what the form has no field for. */
export interface NodeDraft {
  name: string
  rest: Record<string, unknown>
}

export interface Draft {
  name: string
  nodes: NodeDraft[]
  /** The JSON Schema as text. */
  schema: string
  /** The documents that the uni begins with, as text; "" for none. */
  state: string
  /** The registration's other members. */
  rest: Record<string, unknown>
}

export const emptyDraft: Draft = { name: '', nodes: [{ name: '', rest: {} }], schema: '', state: '', rest: {} }

/** A file that was chosen, or a text that was pasted. */
export interface File {
  name: string
  text: string
}

/** Takes files into a draft: a registration with the files that it names, a schema, or
 *  an initial state. notes say what was found and what is missing. */
export function take(draft: Draft, files: File[]): { draft: Draft; notes: string[]; problems: string[] } {
  const notes: string[] = []
  const problems: string[] = []
  const parsed = files.flatMap((file) => {
    const { value, problem } = parse(file.text)
    if (problem !== undefined) problems.push(`${file.name}: ${problem}`)
    return isObject(value) ? [{ ...file, value }] : problem === undefined ? (problems.push(`${file.name}: it is no JSON object`), []) : []
  })
  const registration = parsed.find(({ value }) => Array.isArray(value['nodes']) && 'schema' in value)
  let next = draft
  if (registration) {
    next = ofRegistration(registration.value, draft)
    notes.push(`${registration.name} is a registration of ${next.nodes.length} ${next.nodes.length === 1 ? 'node' : 'nodes'}.`)
  }
  const named = { schema: textOf(registration?.value['schema']), state: textOf(registration?.value['initState']) }
  for (const file of parsed.filter((f) => f !== registration)) {
    const kind = sameFile(named.schema, file.name) ? 'schema' : sameFile(named.state, file.name) ? 'state' : isSchema(file.value) ? 'schema' : 'state'
    next = { ...next, [kind]: file.text.trim() }
    notes.push(`${file.name} is ${kind === 'schema' ? 'the schema' : 'the initial state'}.`)
  }
  if (registration && named.schema !== undefined && next.schema === '') problems.push(`The registration names the schema's file ${named.schema}. Add that file, too.`)
  if (registration && named.state !== undefined && next.state === '') problems.push(`The registration names the initial state's file ${named.state}. Add that file, too.`)
  return { draft: next, notes, problems }
}

function ofRegistration(value: Record<string, unknown>, before: Draft): Draft {
  const { name, nodes, schema, initState, ...rest } = value
  return {
    name: textOf(name) ?? before.name,
    nodes: (nodes as unknown[]).map((node) => {
      const { name: word, ...others } = isObject(node) ? node : {}
      return { name: textOf(word) ?? '', rest: others }
    }),
    schema: isObject(schema) ? pretty(schema) : '',
    state: isObject(initState) ? pretty(initState) : '',
    rest,
  }
}

/** The body of the request that makes the uni, or what has to be mended first. */
export function registrationOf(draft: Draft): { body: object; problems: string[] } {
  const problems: string[] = []
  const schema = parse(draft.schema)
  const state = draft.state.trim() === '' ? { value: undefined } : parse(draft.state)
  if (draft.name === '') problems.push('The uni needs a name.')
  if (draft.nodes.some((n) => n.name === '')) problems.push('Each node needs a name.')
  if (draft.schema.trim() === '') problems.push('The uni needs a JSON Schema.')
  else if (schema.problem !== undefined) problems.push(`The schema is no JSON: ${schema.problem}`)
  if (state.problem !== undefined) problems.push(`The initial state is no JSON: ${state.problem}`)
  const nodes = draft.nodes.map((n) => ({ ...n.rest, name: n.name }))
  return { body: { ...draft.rest, name: draft.name, schema: schema.value, ...(state.value === undefined ? {} : { initState: state.value }), nodes }, problems }
}

/** Parses JSON, without losing digits of numbers; a problem is why it is none. Where, the
 *  editor shows. */
export function parse(text: string): { value?: unknown; problem?: string } {
  try {
    return { value: parseExact(text) }
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : String(thrown)
    return { problem: said.replace(/^JSON\.parse: /, '').replace(/, (\.\.\.)?"[^]*" is not valid JSON$/, '') }
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
const isSchema = (value: Record<string, unknown>) => '$schema' in value || isObject(value['properties'])
const sameFile = (path: string | undefined, name: string) => path !== undefined && path.split('/').at(-1) === name

/** JSON as people read it. */
export const pretty = (value: unknown): string => jsonText(value, 2)
