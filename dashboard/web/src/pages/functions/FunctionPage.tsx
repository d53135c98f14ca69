import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Choice } from '../../design/Choice'
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
import { failureOfField, useWrite } from '../collections/writing'
import { CallForm } from './CallForm'
import { RoleSelect } from './RoleSelect'
import { bodyText, functionText, parametersOf, roleOf, saveText } from './texts'

/** A function: its body and role, and a form to call it. */
export function FunctionPage() {
  const database = useDatabase()
  const name = useSegment('function')
  const search: { show?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const to = pathTo(database.names, 'functions', name)
  const calls = search.show !== 'body'
  const reading = useQuery({
    queryKey: [database.path, 'function', name],
    queryFn: async ({ signal }) => {
      const [document, body] = await Promise.all([ask(database.path, functionText(name), signal), ask(database.path, bodyText(name), signal)])
      return { document: document.value, body: laidOut(body.shell), txn: document.txn }
    },
    ...fresh,
  })
  return (
    <div className="page">
      <DefinitionHead kind="function" name={name} reading={reading} />
      {reading.data && !reading.isError && (
        <>
          <div>
            <Choice
              label="Part"
              value={calls ? 'call' : 'body'}
              onChange={(next) => void navigate({ to, search: next === 'body' ? { show: 'body' } : {} })}
              options={[
                { value: 'call', label: 'Call' },
                { value: 'body', label: 'Body and role' },
              ]}
            />
          </div>
          {calls ? (
            <CallForm key={name} name={name} parameters={parametersOf(reading.data.document)} body={reading.data.body} />
          ) : (
            <Body key={name} name={name} document={reading.data.document} body={reading.data.body} />
          )}
        </>
      )}
    </div>
  )
}

function Body({ name, document, body }: { name: string; document: Value; body: string }) {
  const { path } = useDatabase()
  const [base, setBase] = useState({ body, role: roleOf(document) })
  const [text, setText] = useState(base.body)
  const [role, setRole] = useState(base.role)
  const write = useWrite(path, () => setBase({ body: text, role }))
  const same = text === base.body && role === base.role
  const save = () => !same && !write.isPending && write.mutate(saveText(name, text, role))
  return (
    <section className="panel" aria-label="Body and role">
      <div className="form">
        <FqlField label="Body" room="many" value={text} onChange={setText} onRun={save} error={failureOfField(write.error, 'body')} hint="A lambda in Query(…). Control and Enter saves." />
        <div className="form-row">
          <RoleSelect label="Runs with the rights of" value={role} none="its caller" onChange={setRole} />
        </div>
        <SaveBar
          same={same}
          text={saveText(name, text, role)}
          write={write}
          onSave={save}
          onUndo={() => {
            setText(base.body)
            setRole(base.role)
          }}
        />
      </div>
    </section>
  )
}
