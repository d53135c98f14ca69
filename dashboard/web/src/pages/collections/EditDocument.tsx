import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { useDatabase } from '../../layout/database'
import { fieldsOf, get } from '../../value/access'
import { ask, type Answer } from '../../value/ask'
import { FqlField } from './FqlField'
import { editText, stage, useStaged, type Staged } from './staged'
import { documentRef, numberOf } from './texts'
import { Trouble } from './Trouble'
import { editableText } from './versions'
import { useWrite, WillRun, WriteTrouble } from './writing'

interface Props {
  collection: string
  id: string
  answer: Answer
  to: string
}

/** The members of a document as FQL, to be changed. */
export function EditDocument({ collection, id, answer, to }: Props) {
  const { path } = useDatabase()
  // What is edited stays what was read first, however often the page reads again.
  const [base] = useState(answer)
  const ts = numberOf(get(base.value, 'ts')) ?? 0
  const members = fieldsOf(base.value).map(([name]) => name)
  const text = editableText(documentRef(collection, id), members, ts)
  const reading = useQuery({ queryKey: [path, 'editable', text], queryFn: ({ signal }) => ask(path, text, signal), staleTime: Infinity })
  if (reading.isError) return <Trouble error={reading.error} what="the document as FQL" onRetry={() => void reading.refetch()} />
  if (!reading.data) return null
  const now = numberOf(get(answer.value, 'ts')) ?? 0
  return <Form collection={collection} id={id} ts={ts} original={reading.data.shell} changed={now !== ts} to={to} />
}

function Form({ collection, id, ts, original, changed, to }: { collection: string; id: string; ts: number; original: string; changed: boolean; to: string }) {
  const { path } = useDatabase()
  const navigate = useNavigate()
  const staged = useStaged(path).find((edit) => edit.kind === 'replace' && edit.collection === collection && edit.id === id)
  const [text, setText] = useState(staged?.kind === 'replace' ? staged.text : original)
  const write = useWrite(path, () => void navigate({ to }))
  const edit: Staged = { kind: 'replace', collection, id, text, ts }
  const same = text === original
  const save = () => !same && !write.isPending && write.mutate(editText(edit))
  return (
    <section className="panel" aria-label="Edit">
      <div className="form">
        {changed && <p className="form-warning">This document was changed after it was read here: saving will say so and change nothing. Leave and come back to edit the new version.</p>}
        <FqlField label="Document, all but its ref and ts" room="many" value={text} onChange={setText} onRun={save} hint="What is left out is removed. Control and Enter saves." />
        {!same && <WillRun text={editText(edit)} />}
        {write.isError && <WriteTrouble error={write.error} />}
        <div className="form-actions">
          <Button kind="primary" disabled={same || write.isPending} onClick={save}>
            Save
          </Button>
          <Button disabled={same} onClick={() => stage(path, edit)}>
            {staged ? 'Stage again' : 'Stage it'}
          </Button>
          <Button kind="quiet" disabled={same} onClick={() => setText(original)}>
            Undo all
          </Button>
          <span className="form-note">Staged edits of several documents are saved in one transaction.</span>
        </div>
      </div>
    </section>
  )
}
