import { useNavigate } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { Dialog } from '../../design/Dialog'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { editText, stage, type Staged } from './staged'
import { useWrite, WillRun, WriteTrouble } from './writing'

/** Deletes a document, at once or with other edits. */
export function DeleteDocument({ collection, id, ts }: { collection: string; id: string; ts: number }) {
  const { path, names } = useDatabase()
  const navigate = useNavigate()
  const [open, setOpen] = useState(false)
  const write = useWrite(path, () => void navigate({ to: pathTo(names, 'collections', collection) }))
  const edit: Staged = { kind: 'delete', collection, id, ts }
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={`Delete ${id}`}
      description="Its history stays as long as the collection keeps it."
      trigger={
        <Button className="button-danger" icon={<Trash2 />}>
          Delete
        </Button>
      }
    >
      <WillRun text={editText(edit)} />
      {write.isError && <WriteTrouble error={write.error} />}
      <div className="dialog-actions">
        <Button onClick={() => setOpen(false)}>Cancel</Button>
        <Button
          onClick={() => {
            stage(path, edit)
            setOpen(false)
          }}
        >
          Stage it
        </Button>
        <Button kind="primary" disabled={write.isPending} onClick={() => write.mutate(editText(edit))}>
          Delete it
        </Button>
      </div>
    </Dialog>
  )
}
