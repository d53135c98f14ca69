import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus, SquareFunction } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { Field } from '../../design/Field'
import { EmptyState, PageHeader } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { Trail } from '../../layout/Trail'
import { get } from '../../value/access'
import { stringOf, type Value } from '../../value/parse'
import type { Kind } from '../collections/definitions'
import { DefinitionActions, DefinitionTable, totalTold, type DefinitionColumn } from '../collections/DefinitionTable'
import { Written } from '../collections/DocumentTable'
import { FqlField } from '../collections/FqlField'
import { Trouble } from '../collections/Trouble'
import { useDefinitions } from '../collections/useDefinitions'
import { failureOfField, useWrite, WillRun, WriteTrouble } from '../collections/writing'
import { RoleSelect } from './RoleSelect'
import { makeText, parametersOf, roleOf } from './texts'
import '../collections/collections.css'

const functions: Kind<Value> = { set: 'Functions', maker: 'Function', what: 'Get(Var("ref"))', read: (value) => value }

/** The functions of the database. */
export function FunctionsPage() {
  const database = useDatabase()
  const search: { new?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const to = pathTo(database.names, 'functions')
  const definitions = useDefinitions(functions)
  const { names, total } = definitions
  const create = (
    <Link className="button button-primary" to={to} search={{ new: 1 }}>
      <Plus aria-hidden="true" />
      New function
    </Link>
  )
  return (
    <div className="page">
      <PageHeader trail={<Trail names={database.names} />} title="Functions" window={['Functions', database.label]} note={totalTold(definitions)}>
        <DefinitionActions definitions={definitions} filterLabel="Filter by name" />
        {total > 0 && create}
      </PageHeader>
      {search.new !== undefined && <NewFunction onDone={() => void navigate({ to })} />}
      {names.isError && <Trouble error={names.error} what="the functions" onRetry={() => void names.refetch()} />}
      {names.data && total === 0 && (
        <EmptyState icon={<SquareFunction />} title="No functions yet" action={search.new === undefined && create}>
          A function keeps a query under a name, so that every client does the same in one transaction, with rights of its own if you like.
        </EmptyState>
      )}
      {total > 0 && <DefinitionTable what="Functions" definitions={definitions} columns={columns} to={(name) => pathTo(database.names, 'functions', name)} />}
    </div>
  )
}

const columns: DefinitionColumn<Value>[] = [
  { head: 'Parameters', cell: (each) => <div className="rows-cell">{parametersOf(each).join(', ') || <span className="rows-faint">none</span>}</div> },
  { head: 'Runs with the rights of', cell: (each) => roleOf(each).replace(/^role /, '') || <span className="rows-faint">its caller</span> },
  { head: 'Changed', className: 'rows-time', cell: (each) => <Written of={each} /> },
]

const firstBody = 'Query(\n  Lambda(\n    ["name"],\n    Concat(["Hello ", Var("name")])\n  )\n)'

function NewFunction({ onDone }: { onDone: () => void }) {
  const { path, names } = useDatabase()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [body, setBody] = useState(firstBody)
  const [role, setRole] = useState('')
  const write = useWrite(path, ({ value }) => void navigate({ to: pathTo(names, 'functions', stringOf(get(value, 'name')) ?? name) }))
  const create = () => name !== '' && !write.isPending && write.mutate(makeText(name, body, role))
  const wrongName = failureOfField(write.error, 'name')
  return (
    <form
      className="panel"
      aria-label="New function"
      onSubmit={(event) => {
        event.preventDefault()
        create()
      }}
    >
      <header className="panel-head">
        <h2>New function</h2>
        <Button kind="quiet" onClick={onDone}>
          Close
        </Button>
      </header>
      <div className="form">
        <div className="form-row">
          <Field label="Name" value={name} onChange={(event) => setName(event.target.value)} error={wrongName} autoComplete="off" spellCheck={false} autoFocus />
          <RoleSelect label="Runs with the rights of" value={role} none="its caller" onChange={setRole} />
        </div>
        <FqlField label="Body" room="few" value={body} onChange={setBody} onRun={create} error={failureOfField(write.error, 'body')} />
        <WillRun text={makeText(name, body, role)} />
        {write.isError && wrongName === undefined && <WriteTrouble error={write.error} />}
        <div className="form-actions">
          <Button kind="primary" type="submit" disabled={name === '' || write.isPending}>
            Create function
          </Button>
        </div>
      </div>
    </form>
  )
}
