import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { Field } from '../../design/Field'
import { EmptyState } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import type { Value } from '../../value/parse'
import type { Kind } from '../collections/definitions'
import { DefinitionActions, DefinitionTable, type DefinitionColumn } from '../collections/DefinitionTable'
import { Written } from '../collections/DocumentTable'
import { FqlField } from '../collections/FqlField'
import { Trouble } from '../collections/Trouble'
import { useDefinitions } from '../collections/useDefinitions'
import { failureOfField, useWrite, WillRun, WriteTrouble } from '../collections/writing'
import { makeRoleText, membersOf, privilegesOf } from './texts'

const roles: Kind<Value> = { set: 'Roles', maker: 'Role', what: 'Get(Var("ref"))', read: (value) => value }

/** The roles of the database. */
export function Roles() {
  const { names: place } = useDatabase()
  const search: { new?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const definitions = useDefinitions(roles)
  const { names, total } = definitions
  const to = pathTo(place, 'security')
  const create = (
    <Link className="button button-primary" to={to} search={{ new: 1 }}>
      <Plus aria-hidden="true" />
      New role
    </Link>
  )
  if (names.isError) return <Trouble error={names.error} what="the roles" onRetry={() => void names.refetch()} />
  if (!names.data) return null
  return (
    <>
      {search.new !== undefined && <NewRole onDone={() => void navigate({ to })} />}
      {total === 0 && search.new === undefined && (
        <EmptyState icon={<ShieldCheck />} title="No roles yet" action={create}>
          A role says what may be done with which collection, index or function, under which conditions, and which documents have it when somebody logs in as them.
        </EmptyState>
      )}
      {total > 0 && (
        <>
          <div className="page-actions">
            <DefinitionActions definitions={definitions} filterLabel="Filter by name" />
            {search.new === undefined && create}
          </div>
          <DefinitionTable what="Roles" definitions={definitions} columns={columns} to={(name) => pathTo(place, 'security', name)} />
        </>
      )}
    </>
  )
}

const columns: DefinitionColumn<Value>[] = [
  { head: 'About', cell: (role) => <div className="rows-cell">{resourcesOf(role) || <span className="rows-faint">nothing</span>}</div> },
  { head: 'Members', cell: (role) => <div className="rows-cell">{membersTold(role) || <span className="rows-faint">none</span>}</div> },
  { head: 'Changed', className: 'rows-time', cell: (role) => <Written of={role} /> },
]

const resourcesOf = (role: Value) =>
  privilegesOf(role)
    .map((each) => each.resource.replace(/^\w+\("(.*)"\)$/, '$1'))
    .join(', ')

const membersTold = (role: Value) =>
  membersOf(role)
    .map((member) => member.collection)
    .join(', ')

const firstRules = '{\n  privileges: [\n    {resource: Collection("customers"), actions: {read: true}}\n  ]\n}'

function NewRole({ onDone }: { onDone: () => void }) {
  const { path, names } = useDatabase()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [rules, setRules] = useState(firstRules)
  const write = useWrite(path, () => void navigate({ to: pathTo(names, 'security', name) }))
  const create = () => name !== '' && !write.isPending && write.mutate(makeRoleText(name, rules))
  const wrongName = failureOfField(write.error, 'name')
  return (
    <form
      className="panel"
      aria-label="New role"
      onSubmit={(event) => {
        event.preventDefault()
        create()
      }}
    >
      <header className="panel-head">
        <h2>New role</h2>
        <Button kind="quiet" onClick={onDone}>
          Close
        </Button>
      </header>
      <div className="form">
        <Field label="Name" value={name} onChange={(event) => setName(event.target.value)} error={wrongName} autoComplete="off" spellCheck={false} autoFocus />
        <FqlField label="Privileges and membership" room="few" value={rules} onChange={setRules} onRun={create} />
        <WillRun text={makeRoleText(name, rules)} />
        {write.isError && wrongName === undefined && <WriteTrouble error={write.error} />}
        <div className="form-actions">
          <Button kind="primary" type="submit" disabled={name === '' || write.isPending}>
            Create role
          </Button>
        </div>
      </div>
    </form>
  )
}
