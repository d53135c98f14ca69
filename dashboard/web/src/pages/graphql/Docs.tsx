import { getNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isUnionType, type GraphQLArgument, type GraphQLField, type GraphQLInputField, type GraphQLNamedType, type GraphQLSchema, type GraphQLType } from 'graphql'
import { ChevronLeft, Plus, Search } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '../../design/Button'
import { operationFor } from './starting'

interface Props {
  schema: GraphQLSchema
  /** The type that is shown; undefined for the operations. */
  type: string | undefined
  onType: (type: string | undefined) => void
  onInsert: (text: string) => void
}

/** The schema of a node: its operations, and the types that they lead to. */
export function Docs({ schema, type, onType, onInsert }: Props) {
  const [search, setSearch] = useState('')
  const named = type === undefined ? undefined : schema.getType(type)
  return (
    <>
      <label className="docs-filter">
        <Search aria-hidden="true" />
        <span className="visually-hidden">Find in the schema</span>
        <input type="search" placeholder="Find in the schema" spellCheck={false} value={search} onChange={(event) => setSearch(event.target.value)} />
      </label>
      <div className="docs">
        {search.trim() !== '' ? (
          <Found schema={schema} text={search.trim().toLowerCase()} onType={(next) => { setSearch(''); onType(next) }} />
        ) : named ? (
          <TypePage type={named} onType={onType} />
        ) : (
          <Operations schema={schema} onType={onType} onInsert={onInsert} />
        )}
      </div>
    </>
  )
}

const roots = ['query', 'mutation', 'subscription'] as const

function rootsOf(schema: GraphQLSchema) {
  return roots.flatMap((kind) => {
    const type = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }[kind]
    return type ? [{ kind, fields: Object.values(type.getFields()) }] : []
  })
}

/** Whether an operation is about the uni itself and not about its documents. */
const isSystem = (name: string) => /^(get|list|add|put|update|remove|create|on[A-Z][a-z]+)?_?Vendia_/.test(name)

function Operations({ schema, onType, onInsert }: Omit<Props, 'type'>) {
  return rootsOf(schema).map(({ kind, fields }) => {
    const item = (field: GraphQLField<unknown, unknown>) => (
      <FieldItem key={field.name} field={field} onType={onType}>
        <Button kind="quiet" icon={<Plus />} aria-label={`Insert ${field.name}`} title="Insert into the editor" onClick={() => onInsert(operationFor(kind, field))} />
      </FieldItem>
    )
    const system = fields.filter((f) => isSystem(f.name))
    return (
      <section key={kind}>
        <h2 className="label">{kind}</h2>
        <ul className="docs-fields">{fields.filter((f) => !isSystem(f.name)).map(item)}</ul>
        {system.length > 0 && (
          <details className="docs-more">
            <summary>{system.length} about the uni</summary>
            <ul className="docs-fields">{system.map(item)}</ul>
          </details>
        )}
      </section>
    )
  })
}

/** A field with its arguments and type; children stand beside its name. */
function FieldItem({ field, onType, children }: { field: GraphQLField<unknown, unknown> | GraphQLInputField; onType: Props['onType']; children?: ReactNode }) {
  const args: readonly GraphQLArgument[] = 'args' in field ? field.args : []
  return (
    <li className="docs-field">
      <div className="docs-line">
        <code className="docs-name">{field.name}</code>
        {children}
      </div>
      {args.length > 0 && (
        <ul className="docs-args">
          {args.map((a) => (
            <li key={a.name} title={a.description ?? undefined}>
              <code>{a.name}</code>: <TypeLink type={a.type} onType={onType} />
              {a.defaultValue !== undefined && <code className="docs-faint"> = {String(a.defaultValue)}</code>}
            </li>
          ))}
        </ul>
      )}
      <div className="docs-returns">
        <TypeLink type={field.type} onType={onType} />
      </div>
      {field.description && <p className="docs-about">{field.description}</p>}
    </li>
  )
}

function TypeLink({ type, onType }: { type: GraphQLType; onType: Props['onType'] }) {
  const name = getNamedType(type).name
  const [before, after] = String(type).split(name)
  return (
    <code className="docs-type">
      {before}
      <button type="button" onClick={() => onType(name)}>
        {name}
      </button>
      {after}
    </code>
  )
}

function TypePage({ type, onType }: { type: GraphQLNamedType; onType: Props['onType'] }) {
  const fields = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.values(type.getFields() as Record<string, GraphQLField<unknown, unknown> | GraphQLInputField>) : []
  return (
    <section>
      <Button kind="quiet" className="docs-back" icon={<ChevronLeft />} onClick={() => onType(undefined)}>
        All operations
      </Button>
      <h2 className="docs-title">{type.name}</h2>
      <p className="docs-faint">{kindOf(type)}</p>
      {type.description && <p className="docs-about">{type.description}</p>}
      <ul className="docs-fields">
        {fields.map((field) => (
          <FieldItem key={field.name} field={field} onType={onType} />
        ))}
        {isEnumType(type) &&
          type.getValues().map((v) => (
            <li key={v.name} className="docs-field">
              <code className="docs-name">{v.name}</code>
              {v.description && <p className="docs-about">{v.description}</p>}
            </li>
          ))}
        {isUnionType(type) &&
          type.getTypes().map((t) => (
            <li key={t.name} className="docs-field">
              <TypeLink type={t} onType={onType} />
            </li>
          ))}
      </ul>
    </section>
  )
}

function kindOf(type: GraphQLNamedType): string {
  if (isObjectType(type)) return 'object'
  if (isInputObjectType(type)) return 'input'
  if (isEnumType(type)) return 'enum'
  if (isInterfaceType(type)) return 'interface'
  return isUnionType(type) ? 'union' : 'scalar'
}

const mostFound = 60

function Found({ schema, text, onType }: { schema: GraphQLSchema; text: string; onType: (type: string) => void }) {
  const types = Object.values(schema.getTypeMap()).filter((t) => !t.name.startsWith('__'))
  const found = types.flatMap((t) => {
    const fields = 'getFields' in t ? Object.keys(t.getFields()).filter((f) => f.toLowerCase().includes(text)) : []
    return [...(t.name.toLowerCase().includes(text) ? [{ type: t.name, field: '' }] : []), ...fields.map((field) => ({ type: t.name, field }))]
  })
  if (found.length === 0) return <p className="docs-faint">Nothing has this in its name.</p>
  return (
    <ul className="docs-found">
      {found.slice(0, mostFound).map(({ type, field }) => (
        <li key={`${type}.${field}`}>
          <button type="button" onClick={() => onType(type)}>
            <code>
              {type}
              {field !== '' && `.${field}`}
            </code>
          </button>
        </li>
      ))}
      {found.length > mostFound && <li className="docs-faint">{found.length - mostFound} more</li>}
    </ul>
  )
}
