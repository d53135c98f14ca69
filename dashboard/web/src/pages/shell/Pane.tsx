import { Play, Square } from 'lucide-react'
import { useCallback, useImperativeHandle, useMemo, useRef, useState, type KeyboardEvent, type Ref } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Editor, type EditorHandle } from '../../editor/Editor'
import { mistakesOf } from '../../editor/mistakes'
import { Button } from '../../design/Button'
import { Choice } from '../../design/Choice'
import { useDatabase } from '../../layout/database'
import { adviceOn } from './advice'
import { completions, helpOf, languageQuery } from './language'
import { useDraft } from './draft'
import { failureOf, type Outcome } from './outcome'
import { Results } from './Results'
import type { Order } from './runs'
import { SaveQuery } from './SaveQuery'
import { Split } from './Split'
import { views, type View } from './views'

/** What the page asks of a pane. */
export interface PaneHandle {
  /** What the pane would run now: its selection or all; nothing when it is empty. */
  order: () => Order | undefined
  /** Puts a text in place of what is there; the name is under which it was saved. */
  replace: (text: string, name?: string) => void
}

interface Props {
  index: number
  handle: Ref<PaneHandle>
  label: string
  outcome: Outcome | undefined
  view: View
  onView: (view: View) => void
  /** Reads at an instant from now on, in microseconds. */
  onAt: (at: string) => void
  onRun: (order: Order) => void
  onRunBoth: (() => void) | undefined
  onCancel: () => void
  onFocus: () => void
}

/** An editor and below it what its last run gave. */
export function Pane({ index, handle, label, outcome, view, onView, onAt, onRun, onRunBoth, onCancel, onFocus }: Props) {
  const { path } = useDatabase()
  const [text, setText] = useDraft(path, index)
  const editor = useRef<EditorHandle>(null)
  const results = useRef<HTMLDivElement>(null)
  const running = outcome !== undefined && !outcome.ended

  const order = useCallback((): Order | undefined => {
    const taken = editor.current?.take()
    if (!taken || taken.text.trim() === '') return undefined
    const { text, from, line, column } = taken
    return { pane: index, text, offset: from, line, column, columns: columnsOf(results.current) }
  }, [index])
  const [name, setName] = useState<string>()
  const [saving, setSaving] = useState(false)
  useImperativeHandle(
    handle,
    () => ({
      order,
      replace: (next, name) => {
        setName(name)
        editor.current?.replace(next)
      },
    }),
    [order],
  )

  const run = useCallback(() => {
    const next = order()
    if (next) onRun(next)
  }, [order, onRun])
  const show = useCallback((from: number, to: number) => editor.current?.select(from, to), [])
  const complete = useMemo(() => completions(path), [path])
  const language = useQuery(languageQuery)
  const failure = outcome && failureOf(outcome)
  const offset = outcome?.offset ?? 0
  // What ran before the page was left may be of a text that is another now.
  const other = useRef(outcome && text.slice(outcome.offset, outcome.offset + outcome.text.length) !== outcome.text ? outcome.run : undefined)
  const fits = outcome?.run !== other.current
  const diagnostics = useMemo(() => mistakesOf((fits && failure?.errors) || [], offset).map((mistake) => ({ ...mistake, advice: adviceOn(mistake.code) })), [fits, failure, offset])

  const press = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.defaultPrevented) return
    event.preventDefault() // not the page
    if (text.trim() !== '') setSaving(true)
  }
  return (
    <section className="pane" aria-label={label} onFocus={onFocus} onKeyDown={press}>
      <Split
        name={`pane-${index}`}
        above={
          <div className="pane-editor">
            <div className="pane-bar">
              {running ? (
                <Button className="button-caps" icon={<Square />} onClick={onCancel}>
                  CANCEL
                </Button>
              ) : (
                <Button kind={onRunBoth ? 'plain' : 'primary'} className="button-caps" icon={<Play />} onClick={run} disabled={text.trim() === ''}>
                  RUN QUERY
                </Button>
              )}
              <span className="pane-hint">
                <kbd>{onMac ? '⌘' : 'Ctrl'}</kbd>
                <kbd>Enter</kbd>
                <span>the selection, or all</span>
              </span>
              <span className="pane-bar-rest" />
              {name !== undefined && <bdi className="pane-name">{name}</bdi>}
              <SaveQuery
                database={path}
                text={text}
                name={name}
                open={saving}
                onOpenChange={setSaving}
                onSaved={(next) => {
                  setName(next)
                  setSaving(false)
                }}
              />
            </div>
            <Editor
              handleRef={editor}
              value={text}
              onChange={setText}
              onRun={run}
              onRunBoth={onRunBoth}
              diagnostics={diagnostics}
              complete={complete}
              help={helpOf}
              running={running}
              functions={language.data}
              label={label}
              placeholder="Write FQL here, such as CreateCollection({name: &quot;customers&quot;})"
            />
          </div>
        }
        below={
          <div className="pane-below">
            <div className="pane-bar pane-bar-results">
              <Choice label="Results as" value={view} onChange={onView} options={[...views]} />
            </div>
            <div className="pane-results" ref={results} tabIndex={-1}>
              <Results outcome={outcome} view={view} onShow={show} onAt={onAt} />
            </div>
          </div>
        }
      />
    </section>
  )
}

const onMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** How many columns of code the results have room for. */
function columnsOf(results: HTMLElement | null): number {
  const probe = results?.querySelector('.columns-probe')
  if (!results || !probe) return 80
  const one = probe.getBoundingClientRect().width / 10
  return Math.max(40, Math.min(80, Math.floor((results.clientWidth - 64) / one)))
}
