import { useNavigate } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { Dialog } from '../../design/Dialog'
import { Field } from '../../design/Field'
import { useDatabase } from '../../layout/database'
import { useWrite, WillRun, WriteTrouble } from '../collections/writing'

/** Deletes an index, function or role once its name is typed. */
export function DeleteDefinition({ what, maker, name, to }: { what: string; maker: string; name: string; to: string }) {
  const { path } = useDatabase()
  const navigate = useNavigate()
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const write = useWrite(path, () => void navigate({ to }))
  const text = `Delete(${maker}(${JSON.stringify(name)}))`
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={`Delete the ${what} ${name}`}
      trigger={
        <Button className="button-danger" icon={<Trash2 />}>
          Delete
        </Button>
      }
    >
      <form
        className="form-dialog"
        onSubmit={(event) => {
          event.preventDefault()
          if (typed === name && !write.isPending) write.mutate(text)
        }}
      >
        <Field label={`Type ${name} to delete it`} value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" spellCheck={false} />
        <WillRun text={text} />
        {write.isError && <WriteTrouble error={write.error} />}
        <div className="dialog-actions">
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={typed !== name || write.isPending}>
            Delete it
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
