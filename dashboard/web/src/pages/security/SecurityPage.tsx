import { useNavigate, useSearch } from '@tanstack/react-router'
import { Choice } from '../../design/Choice'
import { PageHeader } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { Trail } from '../../layout/Trail'
import { Keys } from './Keys'
import { Roles } from './Roles'
import { Tokens } from './Tokens'
import { Try } from './Try'
import '../collections/collections.css'
import '../collections/fql-field.css'
import './security.css'

type Show = 'roles' | 'keys' | 'tokens' | 'try'

/** Roles, keys and tokens of the database, and who may do what. */
export function SecurityPage() {
  const database = useDatabase()
  const search: { show?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const show: Show = search.show === 'keys' || search.show === 'tokens' || search.show === 'try' ? search.show : 'roles'
  return (
    <div className="page">
      <PageHeader trail={<Trail names={database.names} />} title="Security" window={['Security', database.label]} />
      <div>
        <Choice
          label="Part"
          value={show}
          onChange={(next) => void navigate({ to: pathTo(database.names, 'security'), search: next === 'roles' ? {} : { show: next } })}
          options={[
            { value: 'roles', label: 'Roles' },
            { value: 'keys', label: 'Keys' },
            { value: 'tokens', label: 'Tokens' },
            { value: 'try', label: 'Who may do what' },
          ]}
        />
      </div>
      {show === 'roles' && <Roles />}
      {show === 'keys' && <Keys />}
      {show === 'tokens' && <Tokens />}
      {show === 'try' && <Try />}
    </div>
  )
}
