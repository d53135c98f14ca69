import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '../../design/Button'
import { CopyButton } from '../../design/CopyButton'
import { Dialog } from '../../design/Dialog'
import { Field } from '../../design/Field'
import { EmptyState } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { databasesQuery } from '../../layout/databases'
import { get } from '../../value/access'
import { refOf, stringOf, type Value } from '../../value/parse'
import { RefLink } from '../../value/RefLink'
import { Time } from '../../value/types'
import { toldText } from '../../value/when'
import { Trouble } from '../collections/Trouble'
import { useWrite, WillRun, WriteTrouble } from '../collections/writing'
import { RoleSelect } from '../functions/RoleSelect'
import { KeptFilter, KeptTable } from './KeptTable'
import { useList } from './list'
import { keyRole, makeKeyText, type KeyForm } from './texts'

/** The keys of the database. */
export function Keys() {
  const keys = useList('Keys')
  if (keys.error) return <Trouble error={keys.error} what="the keys" onRetry={keys.refetch} />
  if (!keys.isReady) return null
  // The form stays where it is while the first key comes: it shows the secret.
  return (
    <>
      <div className="page-actions">
        <NewKey />
        {keys.all.length > 0 && <KeptFilter what="keys" />}
      </div>
      {keys.all.length === 0 ? (
        <EmptyState icon={<KeyRound />} title="No keys yet">
          A key opens the database for a program, with the rights of a role. Its secret is shown once, when you make it above.
        </EmptyState>
      ) : (
        <KeptTable what="keys" one="key" set="Keys" list={keys} columns={columns} words={wordsOf} />
      )}
    </>
  )
}

const nameOf = (key: Value) => stringOf(get(key, 'data', 'name')) ?? stringOf(get(key, 'name'))
const opens = (key: Value) => refOf(get(key, 'database'))?.id ?? 'this database'
const wordsOf = (key: Value) => `${nameOf(key) ?? ''} ${keyRole(key)} ${opens(key)}`

function endOf(key: Value): string {
  const ttl = get(key, 'ttl')
  return ttl instanceof Time ? toldText(ttl.text).local : 'never'
}

const columns = [
  { head: 'Name', cell: (key: Value) => <div className="rows-cell">{nameOf(key) ?? <span className="rows-faint">none</span>}</div> },
  { head: 'Role', cell: (key: Value) => <Roles of={key} /> },
  { head: 'Opens', cell: opens },
  { head: 'Ends', className: 'rows-time', cell: endOf },
]

/** The roles of a key; one of the database's own leads to its page. */
function Roles({ of }: { of: Value }) {
  const { names } = useDatabase()
  const role = get(of, 'role')
  const own = refOf(role)
  return own && get(of, 'database') === undefined ? <RefLink value={own} names={names} tabIndex={-1} /> : <div className="rows-cell">{keyRole(of)}</div>
}

function NewKey() {
  const [open, setOpen] = useState(false)
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="New key"
      description="Who has its secret may do what its role may."
      trigger={
        <Button kind="primary" icon={<Plus />}>
          New key
        </Button>
      }
    >
      <Form onDone={() => setOpen(false)} />
    </Dialog>
  )
}

const ends = [
  { days: 0, label: 'never' },
  { days: 1, label: 'in a day' },
  { days: 30, label: 'in 30 days' },
  { days: 365, label: 'in a year' },
]

function Form({ onDone }: { onDone: () => void }) {
  const { path } = useDatabase()
  const id = useId()
  const [form, setForm] = useState<KeyForm>({ role: 'server', database: '', name: '', days: 0 })
  const set = (part: Partial<KeyForm>) => setForm((before) => ({ ...before, ...part }))
  const inside = useQuery(databasesQuery(path))
  const write = useWrite(path)
  const secret = write.data && stringOf(get(write.data.value, 'secret'))
  if (secret !== undefined)
    return (
      <>
        <p className="form-warning" role="status">
          This is shown once. Only its hash is kept.
        </p>
        <p className="secret">
          <code>{secret}</code>
          <CopyButton text={secret} label="Copy the secret" />
        </p>
        <div className="dialog-actions">
          <Button kind="primary" onClick={onDone}>
            I have stored it
          </Button>
        </div>
      </>
    )
  return (
    <form
      className="form-dialog"
      onSubmit={(event) => {
        event.preventDefault()
        if (!write.isPending) write.mutate(makeKeyText(form))
      }}
    >
      <RoleSelect label="Role" value={form.role} onChange={(role) => set({ role })} />
      {inside.data && inside.data.names.length > 0 && (
        <div className="field">
          <label className="field-label" htmlFor={`${id}-database`}>
            Opens
          </label>
          <select id={`${id}-database`} className="field-input" value={form.database} onChange={(event) => set({ database: event.target.value })}>
            <option value="">this database</option>
            {inside.data.names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
      )}
      <Field label="Name" value={form.name} onChange={(event) => set({ name: event.target.value })} hint="What it is for, such as checkout." autoComplete="off" spellCheck={false} />
      <div className="field">
        <label className="field-label" htmlFor={id}>
          It ends
        </label>
        <select id={id} className="field-input" value={form.days} onChange={(event) => set({ days: Number(event.target.value) })}>
          {ends.map(({ days, label }) => (
            <option key={days} value={days}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <WillRun text={makeKeyText(form)} />
      {write.isError && <WriteTrouble error={write.error} />}
      <div className="dialog-actions">
        <Button onClick={onDone}>Cancel</Button>
        <Button kind="primary" type="submit" disabled={write.isPending}>
          Create key
        </Button>
      </div>
    </form>
  )
}
