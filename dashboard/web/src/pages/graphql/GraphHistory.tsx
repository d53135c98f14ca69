import { History } from 'lucide-react'
import { useRef, useState } from 'react'
import { Button } from '../../design/Button'
import { Dialog } from '../../design/Dialog'
import { EmptyState } from '../../design/PageHeader'
import { forgetAll, useHistory } from '../shell/history'

const lettersShown = 400

/** The texts that were run before; one that is chosen goes to the editor. */
export function GraphHistory({ name, onChoose }: { name: string; onChoose: (text: string) => void }) {
  const [open, setOpen] = useState(false)
  const chosen = useRef<string>(undefined)
  const hand = () => {
    const text = chosen.current
    chosen.current = undefined
    if (text === undefined) return false
    onChoose(text)
    return true
  }
  return (
    <Dialog open={open} onOpenChange={setOpen} onClosed={hand} at="side" title="History" description="What ran in this uni, kept in this browser only." trigger={<Button kind="quiet" icon={<History />} aria-label="History" title="History" />}>
      <Entries
        name={name}
        onChoose={(text) => {
          chosen.current = text
          setOpen(false)
        }}
      />
    </Dialog>
  )
}

function Entries({ name, onChoose }: { name: string; onChoose: (text: string) => void }) {
  const entries = useHistory(name)
  if (entries.length === 0) return <EmptyState icon={<History />} title="Nothing yet">Run an operation, and it is kept here.</EmptyState>
  return (
    <>
      <ul className="history">
        {entries.map((entry) => (
          <li key={entry.at + entry.text} className="history-entry">
            <button type="button" className="history-choose" title="Put it into the editor" onClick={() => onChoose(entry.text)}>
              <span className={entry.failed ? 'history-dot history-failed' : 'history-dot'} aria-hidden="true" />
              <time dateTime={new Date(entry.at).toISOString()}>{new Date(entry.at).toLocaleString()}</time>
              {entry.took > 0 && <span>{entry.took.toLocaleString('en')} ms</span>}
            </button>
            <pre className="graph-history-text">{entry.text.trim().slice(0, lettersShown)}</pre>
          </li>
        ))}
      </ul>
      <div className="history-foot">
        <span>{entries.length} kept</span>
        <Button kind="quiet" onClick={() => forgetAll(name)}>
          Forget all
        </Button>
      </div>
    </>
  )
}
