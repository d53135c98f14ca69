import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus, SquareFunction } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { Field } from '../../design/Field'
import { EmptyState, PageHeader } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo, type Names } from '../../layout/paths'
import { Trail } from '../../layout/Trail'
import { get, isArray } from '../../value/access'
import { ask } from '../../value/ask'
import { stringOf, type Value } from '../../value/parse'
import { When } from '../collections/DocumentTable'
import { FqlField } from '../collections/FqlField'
import { Reading, fresh } from '../collections/Reading'
import { useRows } from '../collections/rows'
import { numberOf } from '../collections/texts'
import { Trouble } from '../collections/Trouble'
import { failureOfField, useWrite, WillRun, WriteTrouble } from '../collections/writing'
import { RoleSelect } from './RoleSelect'
import { functionsText, makeText, parametersOf, roleOf } from './texts'
import '../collections/collections.css'

/** The functions of the database. */
export function FunctionsPage() {
  const database = useDatabase()
  const search: { new?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const to = pathTo(database.names, 'functions')
  const functions = useQuery({
    queryKey: [database.path, 'functions'],
    queryFn: async ({ signal }) => {
      const { value, txn } = await ask(database.path, functionsText, signal)
      const data = get(value, 'data')
      return { list: isArray(data) ? [...data] : [], txn }
    },
    ...fresh,
  })
  const list = functions.data?.list ?? []
  const create = (
    <Link className="button button-primary" to={to} search={{ new: 1 }}>
      <Plus aria-hidden="true" />
      New function
    </Link>
  )
  return (
    <div className="page">
      <PageHeader trail={<Trail names={database.names} />} title="Functions" window={['Functions', database.label]} note={list.length || undefined}>
        <Reading at={functions.dataUpdatedAt} txn={functions.data?.txn} busy={functions.isFetching} stale={functions.isError} onRefresh={() => void functions.refetch()} />
        {list.length > 0 && create}
      </PageHeader>
      {search.new !== undefined && <NewFunction onDone={() => void navigate({ to })} />}
      {functions.isError && <Trouble error={functions.error} what="the functions" onRetry={() => void functions.refetch()} />}
      {functions.data && list.length === 0 && (
        <EmptyState icon={<SquareFunction />} title="No functions yet" action={search.new === undefined && create}>
          A function keeps a query under a name, so that every client does the same in one transaction, with rights of its own if you like.
        </EmptyState>
      )}
      {list.length > 0 && <Table names={database.names} list={list} />}
    </div>
  )
}

function Table({ names, list }: { names: Names; list: Value[] }) {
  const rows = useRows()
  return (
    <section className="panel" aria-label="Functions">
      <div className="collection-scroll">
        <table className="rows rows-wide">
          <caption className="visually-hidden">Functions. Arrow keys move between rows, Enter opens one.</caption>
          <thead>
            <tr>
              <th scope="col" className="rows-pinned">
                Name
              </th>
              <th scope="col">Parameters</th>
              <th scope="col">Runs with the rights of</th>
              <th scope="col">Changed</th>
            </tr>
          </thead>
          <tbody {...rows}>
            {list.map((each, i) => {
              const name = stringOf(get(each, 'name')) ?? ''
              const ts = numberOf(get(each, 'ts'))
              return (
                <tr key={name}>
                  <th scope="row" className="rows-pinned">
                    <Link className="rows-opener" data-opener="" to={pathTo(names, 'functions', name)} tabIndex={i === 0 ? 0 : -1} preload={false}>
                      {name}
                    </Link>
                  </th>
                  <td>{parametersOf(each).join(', ') || <span className="rows-faint">none</span>}</td>
                  <td>{roleOf(each).replace(/^role /, '') || <span className="rows-faint">its caller</span>}</td>
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
