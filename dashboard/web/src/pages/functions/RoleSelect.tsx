import { useId } from 'react'
import { useNames } from '../indexes/names'
import { builtIn, ownRole, type RoleChoice } from './texts'

/** One of the built-in roles or the database's own; `none` is what no role means. */
export function RoleSelect({ label, value, none, onChange }: { label: string; value: RoleChoice; none?: string; onChange: (role: RoleChoice) => void }) {
  const id = useId()
  const roles = useNames('Roles')
  const own = roles.map(ownRole)
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <select id={id} className="field-input" value={value} onChange={(event) => onChange(event.target.value)}>
        {none !== undefined && <option value="">{none}</option>}
        <optgroup label="Built in">
          {builtIn.map((role) => (
            <option key={role} value={role}>
              {role}
            </option>
          ))}
        </optgroup>
        {(own.length > 0 || value.startsWith('role ')) && (
          <optgroup label="Of this database">
            {[...new Set(value.startsWith('role ') ? [...own, value] : own)].map((role) => (
              <option key={role} value={role}>
                {role.slice(5)}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </div>
  )
}
