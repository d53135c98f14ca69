import { useId } from 'react'
import { Choice } from '../../design/Choice'
import { Field } from '../../design/Field'
import { builtIn } from '../functions/texts'
import { useNames } from '../indexes/names'
import type { Acting, ActorKind } from './actor'

/** Asks as whom: a role, a document, a built-in role, or the secret of a key or token. */
export function ActorFields({ acting, onChange, error }: { acting: Acting; onChange: (acting: Acting) => void; error?: string | undefined }) {
  const roles = useNames('Roles')
  const id = useId()
  const { kind, name } = acting
  const choose = (next: ActorKind) => onChange({ kind: next, name: next === 'role' ? (roles[0] ?? '') : next === 'built-in' ? 'client' : '' })
  const options = kind === 'role' ? roles : builtIn
  return (
    <div className="actor">
      <Choice
        label="As whom"
        value={kind}
        onChange={choose}
        options={[
          { value: 'role', label: 'Role' },
          { value: 'document', label: 'Document' },
          { value: 'built-in', label: 'Built in' },
          { value: 'secret', label: 'Secret' },
        ]}
      />
      {kind === 'role' || kind === 'built-in' ? (
        <div className="field">
          <label className="field-label" htmlFor={id}>
            Role
          </label>
          <select id={id} className="field-input" value={name} onChange={(event) => onChange({ kind, name: event.target.value })}>
            {name === '' && <option value="">{roles.length === 0 ? 'no roles yet' : 'choose'}</option>}
            {[...new Set(name === '' ? options : [...options, name])].map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
          {error && (
            <p className="field-error" role="alert">
              {error}
            </p>
          )}
        </div>
      ) : (
        <Field
          label={kind === 'document' ? 'Document' : 'Secret of a key or token'}
          value={name}
          onChange={(event) => onChange({ kind, name: event.target.value })}
          hint={kind === 'document' ? 'Collection and id, such as customers/1.' : 'It is kept on this page only.'}
          error={error}
          type={kind === 'secret' ? 'password' : 'text'}
          autoComplete="off"
          spellCheck={false}
        />
      )}
    </div>
  )
}
