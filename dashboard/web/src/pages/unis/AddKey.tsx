import { useMutation } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useId, useState, type FormEvent } from 'react'
import { Button } from '../../design/Button'
import { Dialog } from '../../design/Dialog'
import { Field } from '../../design/Field'
import { addKey, type Place } from './api'
import { expiryIn } from './keys'
import { Copied } from './MadeUni'
import { Causes } from './UniTrouble'

/** Makes another API key of a node and shows it once. */
export function AddKey({ place }: { place: Place }) {
  const [open, setOpen] = useState(false)
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={`API key of ${place.node}`}
      description="Who has it does in the uni whatever the node may. That it was made is in the ledger; what it is, is not."
      trigger={
        <Button icon={<KeyRound />} aria-label={`Add API key of ${place.node}`}>
          Add API key
        </Button>
      }
    >
      <Form place={place} onDone={() => setOpen(false)} />
    </Dialog>
  )
}

const ends = [
  { days: undefined, label: 'never' },
  { days: 1, label: 'in a day' },
  { days: 30, label: 'in 30 days' },
  { days: 365, label: 'in a year' },
]

function Form({ place, onDone }: { place: Place; onDone: () => void }) {
  const id = useId()
  const [name, setName] = useState('')
  const [end, setEnd] = useState(0)
  const add = useMutation({ mutationFn: () => addKey(place, name, expiryIn(ends[end]?.days, Date.now())) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name !== '' && !add.isPending) add.mutate()
  }
  if (add.data)
    return (
      <>
        <div className="once" role="status">
          This is shown once. Only its hash is kept.
        </div>
        <Copied text={add.data.apiKey} label="Copy the API key" />
        <div className="dialog-actions">
          <Button kind="primary" onClick={onDone}>
            I have stored it
          </Button>
        </div>
      </>
    )
  return (
    <form onSubmit={submit} className="add-key">
      <Field label="Name" value={name} onChange={(event) => setName(event.target.value)} hint="What it is for, such as ci." autoFocus autoComplete="off" spellCheck={false} />
      <div className="field">
        <label className="field-label" htmlFor={id}>
          It ends
        </label>
        <select id={id} className="field-input" value={end} onChange={(event) => setEnd(Number(event.target.value))}>
          {ends.map(({ label }, i) => (
            <option key={label} value={i}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {add.isError && <Causes error={add.error} />}
      <div className="dialog-actions">
        <Button onClick={onDone}>Cancel</Button>
        <Button kind="primary" type="submit" disabled={name === '' || add.isPending}>
          Make the key
        </Button>
      </div>
    </form>
  )
}
