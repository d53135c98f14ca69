import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { Dialog } from '../../design/Dialog'
import { useDatabase } from '../../layout/database'
import { useWrite, WillRun, WriteTrouble } from '../collections/writing'
import { deleteText } from './texts'

/** Deletes a key or token: who has its secret is nobody from then on. */
export function Revoke({ set, id, what, tabIndex }: { set: 'Keys' | 'Tokens'; id: string; what: string; tabIndex: 0 | -1 }) {
  const { path } = useDatabase()
  const [open, setOpen] = useState(false)
  const write = useWrite(path, () => setOpen(false))
  const text = deleteText(set, id)
  return (
    <Dialog open={open} onOpenChange={setOpen} title={`Delete ${what}`} description="Who has its secret is nobody from then on." trigger={<Button kind="quiet" icon={<Trash2 />} data-opener="" tabIndex={tabIndex} aria-label={`Delete ${what}`} title="Delete" />}>
      <WillRun text={text} />
      {write.isError && <WriteTrouble error={write.error} />}
      <div className="dialog-actions">
        <Button onClick={() => setOpen(false)}>Cancel</Button>
        <Button kind="primary" disabled={write.isPending} onClick={() => write.mutate(text)}>
          Delete it
        </Button>
      </div>
    </Dialog>
  )
}
