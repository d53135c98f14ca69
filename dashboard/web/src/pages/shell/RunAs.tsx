import { UserRound, UserRoundCog } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { Dialog } from '../../design/Dialog'
import { Field } from '../../design/Field'
import { toldMicros, toldText } from '../../value/when'
import { actorTold, type Acting } from '../security/actor'
import { ActorFields } from '../security/ActorFields'
import '../collections/fql-field.css'
import './run-as.css'

interface Props {
  acting: Acting | undefined
  at: string | undefined
  onChange: (acting: Acting | undefined, at: string | undefined) => void
}

const toldAt = (at: string) => (/^\d+$/.test(at) ? toldMicros(Number(at)) : toldText(at)).local

/** As whom and as of when queries run. Anything but oneself and now is coloured. */
export function RunAs({ acting, at, onChange }: Props) {
  const [open, setOpen] = useState(false)
  const changed = acting !== undefined || at !== undefined
  const told = [acting ? `As ${actorTold(acting)}` : '', at === undefined ? '' : `${acting ? 'at' : 'At'} ${toldAt(at)}`].filter(Boolean).join(', ')
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="Run as"
      description="Whose rights queries of this page have, and at which time they read."
      trigger={
        <Button className={changed ? 'run-as-changed' : ''} icon={changed ? <UserRoundCog /> : <UserRound />}>
          {changed ? told : 'Run as'}
        </Button>
      }
    >
      <Form
        acting={acting}
        at={at}
        onChange={(next, when) => {
          onChange(next, when)
          setOpen(false)
        }}
      />
    </Dialog>
  )
}

/** Instants that one would look back to. */
const agos = [
  { label: 'A minute ago', seconds: 60 },
  { label: 'An hour ago', seconds: 3600 },
  { label: 'A day ago', seconds: 86_400 },
]

function Form({ acting, at, onChange }: Props) {
  const [who, setWho] = useState<Acting>(acting ?? { kind: 'role', name: '' })
  const [when, setWhen] = useState(at ?? '')
  const wrong = when !== '' && !/^\d{1,16}$/.test(when) && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(when)
  return (
    <form
      className="form-dialog"
      onSubmit={(event) => {
        event.preventDefault()
        if (!wrong) onChange(who.name.trim() === '' ? undefined : who, when === '' ? undefined : when)
      }}
    >
      <ActorFields acting={who} onChange={setWho} />
      <Field
        label="At"
        value={when}
        onChange={(event) => setWhen(event.target.value.trim())}
        hint="Empty is now. Writing in the past is refused."
        error={wrong ? 'ISO text, such as 2026-01-31T12:00:00Z, or microseconds.' : undefined}
        placeholder="2026-01-31T12:00:00Z"
        autoComplete="off"
        spellCheck={false}
      />
      <div className="run-as-agos">
        {agos.map(({ label, seconds }) => (
          <Button key={label} onClick={() => setWhen(new Date(Date.now() - seconds * 1000).toISOString())}>
            {label}
          </Button>
        ))}
      </div>
      <div className="dialog-actions">
        <Button onClick={() => onChange(undefined, undefined)}>Myself, now</Button>
        <Button kind="primary" type="submit" disabled={wrong}>
          Run so
        </Button>
      </div>
    </form>
  )
}
