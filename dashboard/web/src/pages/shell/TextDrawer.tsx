import { useMemo, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react'
import { Dialog } from '../../design/Dialog'
import { Field } from '../../design/Field'
import { Highlighted } from '../../editor/Highlighted'

interface DrawerProps {
  title: string
  description: string
  trigger: ReactElement
  onChoose: (text: string, name?: string) => void
  /** What stands in it; a text that is chosen closes it. */
  children: (choose: (text: string, name?: string) => void) => ReactNode
}

/** A drawer with texts, of which one can be put into the editor. */
export function TextDrawer({ title, description, trigger, onChoose, children }: DrawerProps) {
  const [open, setOpen] = useState(false)
  // As long as it is open it holds the focus, which the editor is to get.
  const chosen = useRef<[text: string, name?: string]>(undefined)
  const hand = () => {
    const choice = chosen.current
    chosen.current = undefined
    if (choice === undefined) return false
    onChoose(...choice)
    return true
  }
  return (
    <Dialog open={open} onOpenChange={setOpen} onClosed={hand} at="side" title={title} description={description} trigger={trigger}>
      {children((...choice) => {
        chosen.current = choice
        setOpen(false)
      })}
    </Dialog>
  )
}

/** A text of a drawer. */
export interface KeptText {
  key: string
  text: string
  /** What is said above it, which a click chooses. */
  head: ReactNode
  /** What can be searched for besides the text. */
  name?: string
  /** What else can be done with it. */
  tools?: ReactNode
}

interface ListProps {
  texts: readonly KeptText[]
  onChoose: (text: string, name?: string) => void
  /** Texts of another language than that of queries have no colours. */
  plain?: boolean
  forget: ReactNode
  empty: ReactNode
}

/** Texts with a search above and what is kept below. The arrow keys go from one to the
 *  next. */
export function TextList({ texts, onChoose, plain = false, forget, empty }: ListProps) {
  const [search, setSearch] = useState('')
  const found = useMemo(() => {
    const part = search.toLowerCase()
    return texts.filter(({ text, name = '' }) => `${name}\n${text}`.toLowerCase().includes(part))
  }, [texts, search])
  if (texts.length === 0) return empty
  return (
    <div className="history-all" onKeyDown={walk}>
      <Field label="Search" value={search} onChange={(event) => setSearch(event.target.value)} autoComplete="off" spellCheck={false} autoFocus data-stop="" />
      <ul className="history">
        {found.map(({ key, text, name, head, tools }) => (
          <li key={key} className="history-entry">
            <div className="history-head">
              <button type="button" className="history-choose" title="Put it into the editor" data-stop="" onClick={() => onChoose(text, name)}>
                {head}
              </button>
              {tools}
            </div>
            {plain ? <pre className="history-plain">{beginning(text)}</pre> : <Highlighted text={beginning(text)} />}
          </li>
        ))}
      </ul>
      <div className="history-foot">
        <span>{found.length === texts.length ? `${texts.length} kept` : `${found.length} of ${texts.length}`}</span>
        {forget}
      </div>
    </div>
  )
}

function walk(event: KeyboardEvent<HTMLElement>) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (by === undefined) return
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-stop]')]
  const here = stops.findIndex((stop) => stop === document.activeElement || stop.closest('.history-entry')?.contains(document.activeElement))
  const next = stops[here + by]
  if (!next) return
  event.preventDefault()
  next.focus()
}

const linesShown = 4
const lettersShown = 1000

function beginning(text: string): string {
  const lines = text.trim().split('\n')
  const rest = lines.length - linesShown
  const shown = rest > 0 ? [...lines.slice(0, linesShown), `… ${rest} more ${rest === 1 ? 'line' : 'lines'}`] : lines
  return shown.join('\n').slice(0, lettersShown)
}
