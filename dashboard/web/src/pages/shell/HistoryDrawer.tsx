import { History } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { Button } from '../../design/Button'
import { Dialog } from '../../design/Dialog'
import { Field } from '../../design/Field'
import { EmptyState } from '../../design/PageHeader'
import { Highlighted } from '../../editor/Highlighted'
import { forgetAll, useHistory } from './history'

interface Props {
  database: string
  onChoose: (text: string) => void
}

const linesShown = 4
const lettersShown = 1000

/** The queries that were run before; one that is chosen goes to the editor. */
export function HistoryDrawer({ database, onChoose }: Props) {
  const [open, setOpen] = useState(false)
  // As long as it is open it holds the focus, which the editor is to get.
  const chosen = useRef<string>(undefined)
  const hand = () => {
    const text = chosen.current
    chosen.current = undefined
    if (text === undefined) return false
    onChoose(text)
    return true
  }
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      onClosed={hand}
      at="side"
      title="History"
      description="What ran in this database, kept in this browser only."
      trigger={<Button icon={<History />}>History</Button>}
    >
      <Entries
        database={database}
        onChoose={(text) => {
          chosen.current = text
          setOpen(false)
        }}
      />
    </Dialog>
  )
}

function Entries({ database, onChoose }: Props) {
  const entries = useHistory(database)
  const [search, setSearch] = useState('')
  const found = useMemo(() => entries.filter((e) => e.text.toLowerCase().includes(search.toLowerCase())), [entries, search])
  if (entries.length === 0) return <EmptyState icon={<History />} title="Nothing yet">Run a query, and it is kept here.</EmptyState>
  return (
    <>
      <Field label="Search" value={search} onChange={(event) => setSearch(event.target.value)} autoComplete="off" spellCheck={false} />
      <ul className="history">
        {found.map((entry) => (
          <li key={entry.at + entry.text} className="history-entry">
            <button type="button" className="history-choose" title="Put it into the editor" onClick={() => onChoose(entry.text)}>
              <span className={entry.failed ? 'history-dot history-failed' : 'history-dot'} aria-hidden="true" />
              <time dateTime={new Date(entry.at).toISOString()}>{new Date(entry.at).toLocaleString()}</time>
              <span>{entry.failed ? 'failed' : `${entry.took.toLocaleString('en')} ms`}</span>
            </button>
            <Highlighted text={beginning(entry.text)} />
          </li>
        ))}
      </ul>
      <div className="history-foot">
        <span>{found.length === entries.length ? `${entries.length} kept` : `${found.length} of ${entries.length}`}</span>
        <Button kind="quiet" onClick={() => forgetAll(database)}>
          Forget all
        </Button>
      </div>
    </>
  )
}

function beginning(text: string): string {
  const lines = text.trim().split('\n')
  const rest = lines.length - linesShown
  const shown = rest > 0 ? [...lines.slice(0, linesShown), `// ${rest} more ${rest === 1 ? 'line' : 'lines'}`] : lines
  return shown.join('\n').slice(0, lettersShown)
}
