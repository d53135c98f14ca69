import { BookmarkPlus } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { Button } from '../../design/Button'
import { Dialog } from '../../design/Dialog'
import { Field } from '../../design/Field'
import { nameOf, save, savedNamed } from './saved'

interface Props {
  database: string
  text: string
  /** The name under which the text was opened or saved before. */
  name: string | undefined
  open: boolean
  onOpenChange: (open: boolean) => void
  onSaved: (name: string) => void
}

/** Saves the text of an editor under a name. */
export function SaveQuery({ database, text, name, open, onOpenChange, onSaved }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Save the query"
      description="In this browser, for whoever uses it with this database, also after you sign out."
      trigger={<Button kind="quiet" icon={<BookmarkPlus />} aria-label="Save the query" title="Save the query (Ctrl-S)" disabled={text.trim() === ''} />}
    >
      <Form database={database} text={text} name={name} onSaved={onSaved} />
    </Dialog>
  )
}

function Form({ database, text, name: before, onSaved }: Pick<Props, 'database' | 'text' | 'name' | 'onSaved'>) {
  const [typed, setTyped] = useState(before ?? '')
  const [full, setFull] = useState(false)
  const name = nameOf(typed)
  const other = name !== before && savedNamed(database, name) !== undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name === '') return
    if (full || save(database, { name, text, at: Date.now() })) onSaved(name)
    else setFull(true)
  }
  return (
    <form className="form-dialog" onSubmit={submit}>
      <Field
        label="Name of the query"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        autoFocus
        autoComplete="off"
        spellCheck={false}
        {...(other ? { hint: 'Another text has this name. Saving takes its place.' } : name === before ? { hint: 'Saving takes the place of what has this name.' } : {})}
        error={full ? 'The browser has no room left: it is saved only as long as this page is open.' : undefined}
      />
      <div className="dialog-actions">
        <Button kind="primary" type="submit" disabled={name === ''}>
          {full ? 'Close' : 'Save it'}
        </Button>
      </div>
    </form>
  )
}
