import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { Field } from '../../design/Field'
import { EmptyState } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { get } from '../../value/access'
import { stringOf, type Value } from '../../value/parse'
import { When } from '../collections/DocumentTable'
import { FqlField } from '../collections/FqlField'
import { useRows } from '../collections/rows'
import { numberOf } from '../collections/texts'
import { Trouble } from '../collections/Trouble'
import { failureOfField, useWrite, WillRun, WriteTrouble } from '../collections/writing'
import { useList } from './list'
import { makeRoleText, membersOf, privilegesOf, rolesText } from './texts'

/** The roles of the database. */
export function Roles() {
  const { names } = useDatabase()
  const search: { new?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const roles = useList(rolesText)
  const to = pathTo(names, 'security')
  const create = (
    <Link className="button button-primary" to={to} search={{ new: 1 }}>
      <Plus aria-hidden="true" />
      New role
    </Link>
  )
  if (roles.isError) return <Trouble error={roles.error} what="the roles" onRetry={() => void roles.refetch()} />
  if (!roles.data) return null
  return (
    <>
      {search.new !== undefined && <NewRole onDone={() => void navigate({ to })} />}
      {roles.data.length === 0 && search.new === undefined && (
        <EmptyState icon={<ShieldCheck />} title="No roles yet" action={create}>
          A role says what may be done with which collection, index or function, under which conditions, and which documents have it when somebody logs in as them.
        </EmptyState>
      )}
      {roles.data.length > 0 && (
        <>
          {search.new === undefined && <div>{create}</div>}
          <Table roles={roles.data} />
        </>
      )}
    </>
  )
}

function Table({ roles }: { roles: Value[] }) {
  const { names } = useDatabase()
  const rows = useRows()
  return (
    <section className="panel" aria-label="Roles">
      <div className="collection-scroll">
        <table className="rows rows-wide">
          <caption className="visually-hidden">Roles. Arrow keys move between rows, Enter opens one.</caption>
          <thead>
            <tr>
              <th scope="col" className="rows-pinned">
                Name
              </th>
              <th scope="col">About</th>
              <th scope="col">Members</th>
              <th scope="col">Changed</th>
            </tr>
          </thead>
          <tbody {...rows}>
            {roles.map((role, i) => {
              const name = stringOf(get(role, 'name')) ?? ''
              const ts = numberOf(get(role, 'ts'))
              return (
                <tr key={name}>
                  <th scope="row" className="rows-pinned">
                    <Link className="rows-opener" data-opener="" to={pathTo(names, 'security', name)} tabIndex={i === 0 ? 0 : -1} preload={false}>
                      {name}
                    </Link>
                  </th>
                  <td>
                    <div className="rows-cell">
                      {privilegesOf(role)
                        .map((each) => each.resource.replace(/^\w+\("(.*)"\)$/, '$1'))
                        .join(', ') || <span className="rows-faint">nothing</span>}
                    </div>
                  </td>
                  <td>
                    {membersOf(role)
                      .map((member) => member.collection)
                      .join(', ') || <span className="rows-faint">none</span>}
                  </td>
                  <td className="rows-time">{ts !== undefined && <When micros={ts} />}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}

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
