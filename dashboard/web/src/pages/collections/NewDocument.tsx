import { useState } from 'react'
import { Link } from '@tanstack/react-router'
import { Button } from '../../design/Button'
import { Field } from '../../design/Field'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { refOf } from '../../value/parse'
import { FqlField } from './FqlField'
import { creation, editText, stage } from './staged'
import { failureOfField, useWrite, WillRun, WriteTrouble } from './writing'

/** A form that creates a document, at once or with other edits. */
export function NewDocument({ collection, onDone }: { collection: string; onDone: () => void }) {
  const { path, names } = useDatabase()
  const [id, setId] = useState('')
  const [text, setText] = useState('{\n  data: {\n    \n  }\n}')
  const write = useWrite(path)
  const wrongId = id !== '' && !/^\d{1,19}$/.test(id)
  const edit = { kind: 'create', collection, id, text, number: 0 } as const
  const made = write.data && refOf(write.data.value)?.id
  const create = () => !wrongId && !write.isPending && write.mutate(editText(edit))
  return (
    <section className="panel" aria-label="New document">
      <header className="panel-head">
        <h2>New document</h2>
        <Button kind="quiet" onClick={onDone}>
          Close
        </Button>
      </header>
      <div className="form">
        <FqlField label="Document" room="few" value={text} onChange={setText} onRun={create} error={failureOfField(write.error, 'data')} />
        <Field label="Id" value={id} onChange={(event) => setId(event.target.value)} hint="Empty for a new one." error={wrongId ? 'Ids are whole numbers.' : undefined} autoComplete="off" inputMode="numeric" />
        <WillRun text={editText(edit)} />
        {write.isError && <WriteTrouble error={write.error} />}
        <div className="form-actions">
          <Button kind="primary" onClick={create} disabled={wrongId || write.isPending}>
            Create
          </Button>
          <Button
            disabled={wrongId}
            onClick={() => {
              stage(path, creation(collection, id, text))
              onDone()
            }}
          >
            Stage it
          </Button>
          {made !== undefined && (
            <span role="status">
              Created <Link to={pathTo(names, 'collections', collection, made)}>{made}</Link>.
            </span>
          )}
        </div>
      </div>
    </section>
  )
}
