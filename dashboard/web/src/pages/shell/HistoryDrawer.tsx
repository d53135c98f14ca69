import { History } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Button } from '../../design/Button'
import { Dialog } from '../../design/Dialog'
import { Field } from '../../design/Field'
import { EmptyState } from '../../design/PageHeader'
import { Highlighted } from '../../editor/Highlighted'
import { forgetAll, useHistory } from './history'

interface Props {
  open: boolean
  onOpenChange: (open: boolean) => void
  database: string
  onChoose: (text: string) => void
}

const linesShown = 4
const lettersShown = 1000

/** The queries that were run before; one that is chosen goes to the editor. */
export function HistoryDrawer({ open, onOpenChange, database, onChoose }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} at="side" title="History" description="What ran in this database, kept in this browser only.">
      <Entries database={database} onChoose={onChoose} />
    </Dialog>
  )
}

function Entries({ database, onChoose }: Pick<Props, 'database' | 'onChoose'>) {
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
