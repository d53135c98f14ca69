import { useId, useState } from 'react'
import { messageOf } from '../../api/http'
import { Choice } from '../../design/Choice'
import { Field } from '../../design/Field'
import { builtIn } from '../functions/texts'
import { useNames } from '../indexes/names'
import { actorTold, keyPick, pickTold, tokenPick, type Acting, type ActorKind } from './actor'
import { useList } from './list'
import './actor.css'

interface Props {
  acting: Acting
  onChange: (acting: Acting) => void
  error?: string | undefined
}

/** Asks as whom: a role, a document, a listed key or token, a built-in role, or a secret. */
export function ActorFields({ acting, onChange, error }: Props) {
  const roles = useNames('Roles')
  const choose = (next: ActorKind) => onChange({ kind: next, name: next === 'role' ? (roles[0] ?? '') : next === 'built-in' ? 'client' : '' })
  return (
    <div className="actor">
      <Choice
        label="As whom"
        value={acting.kind}
        onChange={choose}
        options={[
          { value: 'role', label: 'Role' },
          { value: 'document', label: 'Document' },
          { value: 'key', label: 'Key' },
          { value: 'token', label: 'Token' },
          { value: 'secret', label: 'Secret' },
          { value: 'built-in', label: 'Built in' },
        ]}
      />
      <Who key={acting.kind} roles={roles} acting={acting} onChange={onChange} error={error} />
    </div>
  )
}

function Who({ roles, acting, onChange, error }: Props & { roles: readonly string[] }) {
  const { kind, name } = acting
  const change = (next: string) => onChange({ kind, name: next })
  switch (kind) {
    case 'role':
      return <RoleField options={roles} name={name} onChange={change} error={error} />
    case 'built-in':
      return <RoleField options={builtIn} name={name} onChange={change} error={error} />
    case 'key':
    case 'token':
      return <Listed acting={acting} onChange={onChange} error={error} />
  }
  return (
    <Field
      label={kind === 'document' ? 'Document' : 'Secret of a key or token'}
      value={name}
      onChange={(event) => change(event.target.value)}
      hint={kind === 'document' ? 'Collection and id, such as customers/1.' : 'It is kept on this page only, and forgotten when you leave it.'}
      error={error}
      type={kind === 'secret' ? 'password' : 'text'}
      autoComplete="off"
      spellCheck={false}
    />
  )
}

function RoleField({ options, name, onChange, error }: { options: readonly string[]; name: string; onChange: (name: string) => void; error: string | undefined }) {
  const id = useId()
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        Role
      </label>
      <select id={id} className="field-input" value={name} onChange={(event) => onChange(event.target.value)}>
        {name === '' && <option value="">{options.length === 0 ? 'no roles yet' : 'choose'}</option>}
        {[...new Set(name === '' ? options : [...options, name])].map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      <Mistake text={error} />
    </div>
  )
}

/** More than this can be searched. */
const few = 8
const mostShown = 200

/** A key or token of the database. Its secret is nowhere: what it acts as is taken on. */
function Listed({ acting, onChange, error }: { acting: Acting; onChange: (acting: Acting) => void; error: string | undefined }) {
  const { kind, name, as } = acting
  const isKey = kind === 'key'
  const id = useId()
  const [part, setPart] = useState('')
  const list = useList(isKey ? 'Keys' : 'Tokens')
  const picks = list.all.map(isKey ? keyPick : tokenPick)
  const found = picks.filter((pick) => pickTold(pick).toLowerCase().includes(part.toLowerCase()))
  const known = name === '' || found.some((pick) => pick.id === name)
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {isKey ? 'Key' : 'Token'}
      </label>
      {picks.length > few && <input className="field-input" type="search" aria-label={isKey ? 'Find a key' : 'Find a token'} placeholder="Find" value={part} onChange={(event) => setPart(event.target.value)} spellCheck={false} />}
      <select
        id={id}
        className="field-input actor-list"
        size={Math.max(3, Math.min(6, found.length))}
        value={name}
        aria-describedby={`${id}-below`}
        onChange={(event) => {
          const pick = picks.find((each) => each.id === event.target.value)
          if (pick?.as) onChange({ kind, name: pick.id, as: pick.as })
        }}
      >
        {!known && as && <option value={name}>{pickTold({ id: name, name: '', as })}</option>}
        {found.slice(0, mostShown).map((pick) => (
          <option key={pick.id} value={pick.id} disabled={pick.as === undefined}>
            {pickTold(pick)}
          </option>
        ))}
      </select>
      <p id={`${id}-below`} className="field-hint">
        {list.error ? '' : !list.isReady ? 'Reading…' : hintOf(isKey, picks.length, found.length, as && actorTold(as))}
      </p>
      <Mistake text={error ?? (list.error ? `They cannot be listed: ${messageOf(list.error)}` : undefined)} />
    </div>
  )
}

function hintOf(isKey: boolean, all: number, found: number, as: string | undefined): string {
  if (all === 0) return isKey ? 'There are no keys in this database.' : 'There are no tokens in this database. Login makes one.'
  if (as !== undefined) return `With the rights that it has: as ${as}. CurrentToken needs its secret.`
  const rest = found > mostShown ? ` The first ${mostShown} of ${found.toLocaleString('en')}.` : all >= 1000 ? ' The first 1,000.' : ''
  return `Its rights are taken on; its secret is not needed.${rest}`
}

function Mistake({ text }: { text: string | undefined }) {
  return text === undefined ? null : (
    <p className="field-error" role="alert">
      {text}
    </p>
  )
}
