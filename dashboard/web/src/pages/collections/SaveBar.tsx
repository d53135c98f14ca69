import { Button } from '../../design/Button'
import type { useWrite } from './writing'
import { WillRun, WriteTrouble } from './writing'

interface Props {
  /** Whether nothing was changed. */
  same: boolean
  /** The query that saves. */
  text: string
  write: ReturnType<typeof useWrite>
  onSave: () => void
  onUndo: () => void
}

/** What saving a definition runs, why it failed, and the buttons. */
export function SaveBar({ same, text, write, onSave, onUndo }: Props) {
  return (
    <>
      {!same && <WillRun text={text} />}
      {write.isError && <WriteTrouble error={write.error} />}
      <div className="form-actions">
        <Button kind="primary" disabled={same || write.isPending} onClick={onSave}>
          Save
        </Button>
        <Button kind="quiet" disabled={same} onClick={onUndo}>
          Undo all
        </Button>
        {write.isSuccess && same && <span role="status">Saved.</span>}
      </div>
    </>
  )
}
