import { Link } from '@tanstack/react-router'
import { Layers2, Undo2, X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { Highlighted } from '../../editor/Highlighted'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { editText, failedAt, keyOf, stagedText, unstage, useStaged, type Staged } from './staged'
import { reasonsOf, useWrite } from './writing'
import './staged.css'

const verbs = { replace: 'Edit', delete: 'Delete', create: 'Create' } as const

/** The edits that wait, the transaction that they are, and what was wrong with it. */
export function StagedTray() {
  const { path } = useDatabase()
  const edits = useStaged(path)
  const [open, setOpen] = useState(false)
  // An error is of the edits that were sent, not of those that came later.
  const [sent, setSent] = useState<readonly Staged[]>([])
  const save = useWrite(path, () => {
    unstage(path, sent.map(keyOf))
    setOpen(false)
  })
  if (edits.length === 0) return null
  const error = save.isError && sent === edits ? save.error : undefined
  const failed = error === undefined ? undefined : failedAt(error, edits)
  const run = () => {
    setSent(edits)
    save.mutate(stagedText(edits))
  }
  return (
    <section className="panel staged" aria-label="Staged edits">
      <header className="staged-head">
        <Layers2 aria-hidden="true" />
        <span className="staged-count">
          {edits.length} staged {edits.length === 1 ? 'edit' : 'edits'}
        </span>
        <span className="staged-note">saved together or not at all</span>
        <span className="staged-actions">
          <Button kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide query' : 'Show query'}
          </Button>
          <Button kind="quiet" icon={<Undo2 />} onClick={() => unstage(path)}>
            Discard all
          </Button>
          <Button kind="primary" disabled={save.isPending} onClick={run}>
            Save as one transaction
          </Button>
        </span>
      </header>
      <ul className="staged-list">
        {edits.map((edit, i) => (
          <Entry key={keyOf(edit)} edit={edit} error={failed === i ? error : undefined} />
        ))}
      </ul>
      {error !== undefined && failed === undefined && (
        <p className="staged-error" role="alert">
          Nothing was saved. {reasonsOf(error).join(' ')}
        </p>
      )}
      {open && (
        <div className="staged-query">
          <Highlighted text={stagedText(edits)} />
        </div>
      )}
    </section>
  )
}

function Entry({ edit, error }: { edit: Staged; error: unknown }) {
  const { names, path } = useDatabase()
  const label = keyOf(edit)
  return (
    <li className={error === undefined ? 'staged-entry' : 'staged-entry staged-failed'}>
      <span className={`mark-state ${edit.kind === 'delete' ? 'mark-bad' : edit.kind === 'create' ? 'mark-good' : 'mark-warn'}`}>{verbs[edit.kind]}</span>
      {edit.kind === 'create' ? (
        <span title={editText(edit)}>{label}</span>
      ) : (
        <Link to={pathTo(names, 'collections', edit.collection, edit.id)} search={edit.kind === 'replace' ? { show: 'edit' } : {}} title={editText(edit)}>
          {label}
        </Link>
      )}
      <Button kind="quiet" icon={<X />} aria-label={`Discard the edit of ${label}`} title="Discard" onClick={() => unstage(path, [label])} />
      {error !== undefined && (
        <p className="staged-error" role="alert">
          {reasonsOf(error).join(' ')} Nothing was saved.
        </p>
      )}
    </li>
  )
}
