/** Texts to begin with, made of the uni's own schema. */

import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  parse,
  print,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql'

/** A row of the first entity, by the names of its properties. */
export type Row = Record<string, unknown>

/** The entity that the examples are about: the first that is an array of objects. */
export function entityOf(schema: GraphQLSchema): string | undefined {
  const adds = Object.values(schema.getMutationType()?.getFields() ?? {}).filter((f) => f.name.startsWith('add_'))
  const objects = adds.find((f) => isInputObjectType(getNamedType(f.args.find((a) => a.name === 'input')?.type)))
  return objects?.name.slice('add_'.length)
}

/** The query of one row for `starting`. */
export function rowQuery(schema: GraphQLSchema, entity: string): string {
  return `{ list_${entity}Items(limit: 1) { _${entity}Items { _id ${numbersOf(schema, entity).join(' ')} } } }`
}

/** A query, a grouped mutation and a subscription for a new editor. */
export function starting(schema: GraphQLSchema, row?: Row): string {
  const entity = entityOf(schema)
  if (entity === undefined) return '# Ctrl-Enter runs the operation that the cursor stands in.\n{\n  __typename\n}\n'
  const shown = scalarsOf(schema, entity).slice(0, 6).join(' ')
  return [
    '# Ctrl-Enter runs the operation that the cursor stands in.',
    `query list {\n  list_${entity}Items {\n    _${entity}Items { _id ${shown} _owner }\n  }\n}`,
    '',
    '# With @vendia_transaction the operations are one transaction: all of them happen, or none.',
    group(schema, entity, row),
    '',
    `# Follows what happens, until you stop it.`,
    `subscription follow {\n  onUpdate_${entity} { result { _id ${shown} } }\n}`,
    '',
  ].join('\n')
}

function group(schema: GraphQLSchema, entity: string, row: Row | undefined): string {
  const moved = row && movable(numbersOf(schema, entity), row)
  if (!moved) return `mutation both @vendia_transaction {\n${['one', 'two'].map((alias) => `  ${alias}: ${adding(schema, entity)}`).join('\n')}\n}`
  const { from, to, by } = moved
  const change = (alias: string, name: string, value: number) =>
    `  ${alias}: update_${entity}(id: ${JSON.stringify(row['_id'])}, input: {${name}: ${value}}) {\n    result { _id ${name} }\n    transaction { transactionId }\n  }`
  return `mutation move @vendia_transaction {\n${change('out', from, Number(row[from]) - by)}\n${change('in', to, Number(row[to] ?? 0) + by)}\n}`
}

/** Two numbers of a row, of which one can give some to the other. */
function movable(names: string[], row: Row): { from: string; to: string; by: number } | undefined {
  const from = names.find((name) => typeof row[name] === 'number' && row[name] >= 1)
  const to = names.find((name) => name !== from && (row[name] === null || typeof row[name] === 'number'))
  return from === undefined || to === undefined ? undefined : { from, to, by: Number(row[from]) >= 10 ? 10 : 1 }
}

function adding(schema: GraphQLSchema, entity: string): string {
  const input = schema.getMutationType()?.getFields()[`add_${entity}`]?.args.find((a) => a.name === 'input')
  return `add_${entity}(input: ${input ? sample(input.type) : '{}'}) {\n    result { _id }\n    transaction { transactionId }\n  }`
}

/** An input of a type: what has to be there, or else its first members. */
export function sample(type: GraphQLInputType, name = 'text'): string {
  if (isNonNullType(type)) return sample(type.ofType as GraphQLInputType, name)
  if (isListType(type)) return '[]'
  if (isEnumType(type)) return type.getValues()[0]?.name ?? 'null'
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    const required = fields.filter(isRequiredInputField)
    const plain = fields.filter((f) => !f.name.startsWith('_') && !isInputObjectType(getNamedType(f.type)) && !isListType(f.type))
    const chosen = required.length > 0 ? required : plain.slice(0, 3)
    return `{${chosen.map((f) => `${f.name}: ${sample(f.type, f.name)}`).join(', ')}}`
  }
  return { Int: '1', Float: '1.5', Boolean: 'true' }[type.name] ?? JSON.stringify(name)
}

/** An operation that calls one field of a root type, as a person would begin it. */
export function operationFor(kind: string, field: GraphQLField<unknown, unknown>): string {
  const args = field.args.filter(isRequiredArgument).map((a) => `${a.name}: ${sample(a.type, a.name)}`)
  const selection = selectionOf(field.type, 2)
  return `${print(parse(`${kind} { ${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${selection} }`))}\n`
}

function selectionOf(type: GraphQLOutputType, levels: number): string {
  const named = getNamedType(type)
  if (!isObjectType(named)) return named && 'getFields' in named ? '{ __typename }' : ''
  const fields = Object.values(named.getFields()).filter((f) => !f.args.some(isRequiredArgument))
  const plain = fields.filter((f) => !isComposite(f.type)).map((f) => f.name)
  const inner = levels > 0 ? fields.filter((f) => isComposite(f.type)).slice(0, 2) : []
  const all = [...plain.slice(0, 8), ...inner.map((f) => `${f.name} ${selectionOf(f.type, levels - 1)}`)]
  return all.length === 0 ? '{ __typename }' : `{ ${all.join(' ')} }`
}

const isComposite = (type: GraphQLOutputType) => {
  const named = getNamedType(type)
  return 'getFields' in named || 'getTypes' in named
}

function fieldsOf(schema: GraphQLSchema, entity: string): GraphQLField<unknown, unknown>[] {
  const type = getNamedType(schema.getQueryType()?.getFields()[`get_${entity}`]?.type)
  return isObjectType(type) ? Object.values(type.getFields()).filter((f) => !f.name.startsWith('_') && !isListType(nullable(f.type)) && !isComposite(f.type)) : []
}

const nullable = (type: GraphQLOutputType) => (isNonNullType(type) ? type.ofType : type)
const scalarsOf = (schema: GraphQLSchema, entity: string) => fieldsOf(schema, entity).map((f) => f.name)
const numbersOf = (schema: GraphQLSchema, entity: string) => fieldsOf(schema, entity).filter((f) => ['Int', 'Float'].includes(getNamedType(f.type).name)).map((f) => f.name)
