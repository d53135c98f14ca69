import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { Button } from '../../design/Button'
import { Dialog } from '../../design/Dialog'
import { Field } from '../../design/Field'
import type { Database } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { deleteUni, type Uni } from './api'
import { Causes } from './UniTrouble'

/** Deletes a uni, when its name is typed. */
export function DeleteUni({ database, uni }: { database: Database; uni: Uni }) {
  const [open, setOpen] = useState(false)
  return (
    <section className="danger">
      <div>
        <h2>Delete this uni</h2>
        <p>Its documents, its ledger and its nodes’ keys go with it, for good. Export the ledger first if anyone may want to verify it later.</p>
      </div>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={`Delete ${uni.name}`}
        description="All parties lose it. This cannot be undone."
        trigger={
          <Button className="button-danger" icon={<Trash2 />}>
            Delete
          </Button>
        }
      >
        <Form database={database} uni={uni} onCancel={() => setOpen(false)} />
      </Dialog>
    </section>
  )
}

function Form({ database, uni, onCancel }: { database: Database; uni: Uni; onCancel: () => void }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const remove = useMutation({
    mutationFn: () => deleteUni(database.path, uni.name),
    onSuccess: async () => {
      await navigate({ to: pathTo(database.names, 'unis') })
      client.removeQueries({ queryKey: [database.path, 'uni', uni.name] })
      await client.invalidateQueries({ queryKey: [database.path, 'unis'] })
      await client.invalidateQueries({ queryKey: ['databases', database.path] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (typed === uni.name && !remove.isPending) remove.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Field label={`Type ${uni.name} to delete it`} value={typed} onChange={(event) => setTyped(event.target.value)} autoFocus autoComplete="off" spellCheck={false} />
      {remove.isError && <Causes error={remove.error} />}
      <div className="dialog-actions">
        <Button onClick={onCancel}>Cancel</Button>
        <Button className="button-danger" type="submit" disabled={typed !== uni.name || remove.isPending}>
          Delete {uni.name}
        </Button>
      </div>
    </form>
  )
}
