import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, ShieldQuestion, SquareTerminal } from 'lucide-react'
import { useState } from 'react'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { useSegment } from '../../layout/segments'
import { ask } from '../../value/ask'
import { laidOut } from '../../value/fql'
import type { Value } from '../../value/parse'
import { DefinitionHead } from '../collections/DefinitionHead'
import { FqlField } from '../collections/FqlField'
import { fresh } from '../collections/Reading'
import { SaveBar } from '../collections/SaveBar'
import { useWrite } from '../collections/writing'
import { actions, membersOf, privilegesOf, roleDocumentText, rulesText, saveRoleText } from './texts'
import '../collections/collections.css'
import './security.css'

/** A role: its privileges as a grid and as FQL to be changed. */
export function RolePage() {
  const database = useDatabase()
  const name = useSegment('role')
  const role = useQuery({
    queryKey: [database.path, 'role', name],
    queryFn: async ({ signal }) => {
      const [document, rules] = await Promise.all([ask(database.path, roleDocumentText(name), signal), ask(database.path, rulesText(name), signal)])
      return { document: document.value, rules: laidOut(rules.shell), txn: document.txn }
    },
    ...fresh,
  })
  const security = pathTo(database.names, 'security')
  return (
    <div className="page">
      <DefinitionHead kind="role" name={name} reading={role}>
        <Link className="button button-plain" to={security} search={{ show: 'try', as: `role ${name}` }}>
          <ShieldQuestion aria-hidden="true" />
          Try it
        </Link>
        <Link className="button button-plain" to={pathTo(database.names, 'shell')} search={{ as: `role ${name}` }}>
          <SquareTerminal aria-hidden="true" />
          Shell with this role
        </Link>
      </DefinitionHead>
      {role.data && !role.isError && (
        <>
          <Grid role={role.data.document} />
          <Rules key={name} name={name} rules={role.data.rules} />
        </>
      )}
    </div>
  )
}

const words = { yes: 'allowed', no: 'not allowed', if: 'under a condition' } as const

function Grid({ role }: { role: Value }) {
  const privileges = privilegesOf(role)
  const members = membersOf(role)
  const used = actions.filter((name, i) => i < 5 || privileges.some((each) => each.actions.some((action) => action.name === name)))
  return (
    <section className="panel" aria-label="Privileges">
      <div className="rows-scroll" tabIndex={0} role="group" aria-label="Grid of privileges">
        <table className="rows grid">
          <thead>
            <tr>
              <th scope="col" className="rows-pinned">
                Privilege
              </th>
              {used.map((name) => (
                <th key={name} scope="col">
                  {name.replaceAll('_', ' ')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {privileges.map((privilege, i) => (
              <tr key={i}>
                <th scope="row" className="rows-pinned">
                  <span className="grid-number">{i + 1}</span>
                  <code>{privilege.resource}</code>
                </th>
                {used.map((name) => {
                  const allowed = privilege.actions.find((action) => action.name === name)?.allowed ?? 'no'
                  return (
                    <td key={name}>
                      <span className="visually-hidden">{words[allowed]}</span>
                      {allowed === 'yes' && <Check className="grid-yes" aria-hidden="true" />}
                      {allowed === 'if' && (
                        <span className="mark-state mark-warn" aria-hidden="true" title="Under a condition, which is below">
                          if
                        </span>
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="grid-members">
        {members.length === 0 ? 'No documents have this role: keys and functions may.' : `Documents that have it: ${members.map((m) => `those of ${m.collection}${m.conditional ? ' under a condition' : ''}`).join(', ')}.`}
      </p>
    </section>
  )
}

function Rules({ name, rules }: { name: string; rules: string }) {
  const { path } = useDatabase()
  const [base, setBase] = useState(rules)
  const [text, setText] = useState(rules)
  const write = useWrite(path, () => setBase(text))
  const same = text === base
  const save = () => !same && !write.isPending && write.mutate(saveRoleText(name, text))
  return (
    <section className="panel" aria-label="Rules">
      <div className="form">
        <FqlField label="Privileges and membership" room="many" value={text} onChange={setText} onRun={save} hint="A condition is Query(Lambda(…)) in place of true. Control and Enter saves." />
        <SaveBar same={same} text={saveRoleText(name, text)} write={write} onSave={save} onUndo={() => setText(base)} />
      </div>
    </section>
  )
}
