import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { messageOf } from '../api/http'
import { fql, query, QueryError } from '../api/query'
import { sessionQuery } from '../api/session'
import { Button } from '../design/Button'
import { Dialog } from '../design/Dialog'
import { Field } from '../design/Field'
import { useDatabase } from './database'
import { pathTo } from './paths'

/** NEW DATABASE: asks for a name, creates the database inside the present one and
 *  opens it. */
export function NewDatabase() {
  const [open, setOpen] = useState(false)
  const session = useQuery(sessionQuery)
  const refused = session.data?.admin === false
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="New database"
      trigger={
        <Button className="button-caps sidebar-new" icon={<Plus />} disabled={refused} title={refused ? 'Only an admin key may create databases.' : undefined}>
          NEW DATABASE
        </Button>
      }
    >
      <Form onDone={() => setOpen(false)} />
    </Dialog>
  )
}

function Form({ onDone }: { onDone: () => void }) {
  const { names, path, label } = useDatabase()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => query(path, fql`CreateDatabase({name: ${name}})`),
    onSuccess: async () => {
      onDone()
      await navigate({ to: pathTo([...names, name]) })
      await client.invalidateQueries({ queryKey: ['databases', path] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name !== '' && !create.isPending) create.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Field
        label="Name"
        value={name}
        onChange={(event) => {
          setName(event.target.value)
          create.reset()
        }}
        error={create.error ? reason(create.error, name) : undefined}
        hint={names.length > 0 ? `It is created inside ${label}.` : `It may hold ${letters}.`}
        autoFocus
        autoComplete="off"
        spellCheck={false}
        placeholder="ecommerce-tutorial"
      />
      <div className="dialog-actions">
        <Button onClick={onDone}>Cancel</Button>
        <Button kind="primary" type="submit" className="button-caps" disabled={name === '' || create.isPending}>
          SAVE
        </Button>
      </div>
    </form>
  )
}

/** What the pattern of names says, in words. */
const letters = 'letters, digits and ; @ + $ - _ . ! ~ %, without spaces'

/** Why a database was not created, in words about its name where it is the name. */
function reason(thrown: unknown, name: string): string {
  if (!(thrown instanceof QueryError)) return messageOf(thrown)
  const [first] = thrown.failure.errors
  const invalid = first?.failures?.find((f) => f.field.includes('name'))
  if (invalid) return invalid.code === 'invalid value' || invalid.description.includes('invalid characters') ? `A name is made of ${letters}.` : invalid.description
  if (first?.code === 'instance already exists') return `There is a database called ${name} already.`
  if (first?.code === 'permission denied') return 'This secret may not create databases: only an admin key may.'
  return messageOf(thrown)
}
