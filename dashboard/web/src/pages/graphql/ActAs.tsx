import { KeyRound, UserCheck } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { Button } from '../../design/Button'
import { Dialog } from '../../design/Dialog'
import { Field } from '../../design/Field'

interface Props {
  node: string
  /** Whether the server can sign for the node. */
  local: boolean
  /** Whether the session's secret is the node's own key. */
  own: boolean
  /** Whether an API key is in use. */
  used: boolean
  onChange: (key: string | undefined) => void
}

/** Says by what right requests are made, and changes it. A key that is given here is
 *  kept by this page only, as long as it is open. */
export function ActAs({ node, local, own, used, onChange }: Props) {
  const [open, setOpen] = useState(false)
  const [key, setKey] = useState('')
  const done = (next: string | undefined) => {
    onChange(next)
    setKey('')
    setOpen(false)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '') done(key.trim())
  }
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={`Who asks as ${node}`}
      trigger={<Button icon={used ? <KeyRound /> : <UserCheck />}>{used ? 'By an API key' : 'By this session'}</Button>}
    >
      <p className="act-as">
        {own
          ? 'You signed in with a key of this node.'
          : local
            ? 'Your secret is an admin’s, and the private key of this node is on the server: it signs what you do here as the node’s, and the ledger names the node as the owner.'
            : 'The private key of this node is on another machine, which must sign. This session cannot act as it here.'}
      </p>
      <form onSubmit={submit}>
        <Field label="API key of the node" type="password" value={key} onChange={(event) => setKey(event.target.value)} hint="In place of the session. It is not kept: a reload forgets it." autoComplete="off" spellCheck={false} />
        <div className="dialog-actions">
          {used && <Button onClick={() => done(undefined)}>Use the session</Button>}
          <Button kind="primary" type="submit" disabled={key.trim() === ''}>
            Use the key
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
