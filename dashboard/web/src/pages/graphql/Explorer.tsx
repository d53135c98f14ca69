import { EditorView } from '@codemirror/view'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { graphql, updateSchema } from 'cm6-graphql'
import { History, Play, Radio, Square } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '../../design/Button'
import { Choice } from '../../design/Choice'
import { recall, remember } from '../../storage'
import { HistoryDrawer } from '../shell/HistoryDrawer'
import { CodeEditor, jsonLanguage, type CodeEditorHandle } from '../unis/CodeEditor'
import { UniTrouble } from '../unis/UniTrouble'
import type { Caller } from './api'
import { Docs } from './Docs'
import type { GraphSearch } from './GraphPage'
import { chosenAt } from './operations'
import { Results } from './Results'
import { historyOf, useGraphRuns } from './runs'
import { schemaQuery } from './schema'
import { starting } from './starting'
import { objectIn, textsIn } from './variables'

/** The editor of operations with what belongs to it: schema, variables, answers. */
export function Explorer({ caller, shown, search }: { caller: Caller; shown: boolean; search: GraphSearch }) {
  const draft = `seriatim.graphql/${caller.place.database}/${caller.place.uni}/${caller.place.node}`
  const navigate = useNavigate()
  const schema = useQuery(schemaQuery(caller))
  const [text, setText] = useKept(draft)
  const [variables, setVariables] = useKept(`${draft}/variables`)
  const [headers, setHeaders] = useState('')
  const [cursor, setCursor] = useState(0)
  const editor = useRef<CodeEditorHandle>(null)
  const view = useRef<EditorView>(null)
  const { outcome, start, stop } = useGraphRuns(caller)
  const chosen = useMemo(() => chosenAt(text, cursor), [text, cursor])
  const given = useMemo(() => objectIn(variables), [variables])
  const sent = useMemo(() => textsIn(headers), [headers])
  const wrong = given.problem !== undefined ? `Variables: ${given.problem}` : sent.problem !== undefined ? `Headers: ${sent.problem}` : undefined

  // A new editor begins with operations of the uni's own.
  const made = schema.data
  useEffect(() => {
    if (!made) return
    if (view.current) updateSchema(view.current, made.schema)
    if (recall(draft) === null) setText(starting(made.schema, made.row))
  }, [made, draft, setText])

  const language = useMemo(
    () => [
      graphql(),
      EditorView.updateListener.of((update) => {
        if (update.selectionSet || update.docChanged) setCursor(update.state.selection.main.head)
      }),
    ],
    [],
  )
  const runNow = useCallback(() => {
    const at = editor.current?.cursor() ?? 0
    if (text.trim() !== '' && wrong === undefined) start(chosenAt(text, at), text, given.value, sent.value)
  }, [text, wrong, start, given, sent])
  const show = useCallback((line: number, column: number) => {
    const v = view.current
    if (!v || line > v.state.doc.lines) return
    const at = Math.min(v.state.doc.line(line).from + column - 1, v.state.doc.length)
    v.dispatch({ selection: { anchor: at }, scrollIntoView: true })
    v.focus()
  }, [])
  const running = outcome?.running === true
  const live = chosen.kind === 'subscription'
  const pane = search.pane ?? 'variables'
  const selectType = (type: string | undefined) =>
    void navigate({ to: '.', search: ({ type: _, ...rest }: GraphSearch) => (type === undefined ? rest : { ...rest, type }) })
  return (
    <div className={shown ? 'graph-body' : 'graph-body graph-body-plain'}>
      {shown && (
        <aside className="graph-docs" aria-label="Schema">
          {schema.isError && <UniTrouble error={schema.error} what="the schema" onRetry={() => void schema.refetch()} />}
          {made && <Docs schema={made.schema} type={search.type} onType={selectType} onInsert={(more) => editor.current?.replace(`${text.trimEnd()}\n\n${more}`.trimStart())} />}
        </aside>
      )}
      <section className="graph-work" aria-label="Operations">
        <div className="pane-bar">
          {running ? (
            <Button className="button-caps" icon={<Square />} onClick={stop}>
              STOP
            </Button>
          ) : (
            <Button kind="primary" className="button-caps" icon={live ? <Radio /> : <Play />} onClick={runNow} disabled={text.trim() === '' || wrong !== undefined} title={wrong ?? 'Ctrl-Enter runs the operation that the cursor stands in'}>
              RUN
            </Button>
          )}
          <span className="graph-chosen" title="The operation that the cursor stands in">
            {chosen.kind} {chosen.name ?? ''}
          </span>
          <HistoryDrawer name={historyOf(caller)} what="operation" trigger={<Button kind="quiet" icon={<History />} aria-label="History" title="History" />} onChoose={(next) => editor.current?.replace(next)} />
        </div>
        <div className="graph-editor">
          <CodeEditor handleRef={editor} value={text} onChange={setText} onRun={runNow} language={language} label="Operations" placeholder="{ __typename }" onMade={(v) => {
            view.current = v
            if (made) updateSchema(v, made.schema)
          }} />
        </div>
        <div className="graph-pane">
          <div className="graph-pane-bar">
            <Choice
              label="Beside the operations"
              value={pane}
              onChange={(next) => void navigate({ to: '.', search: ({ pane: _, ...rest }: GraphSearch) => (next === 'headers' ? { ...rest, pane: next } : rest), replace: true })}
              options={[
                { value: 'variables', label: 'Variables' },
                { value: 'headers', label: 'Headers' },
              ]}
            />
            {wrong !== undefined && <span className="field-error">{wrong}</span>}
          </div>
          <div className="graph-editor">
            {pane === 'variables' ? (
              <CodeEditor key="variables" value={variables} onChange={setVariables} onRun={runNow} language={jsonLanguage} label="Variables" placeholder='{"id": "…"}' />
            ) : (
              <CodeEditor key="headers" value={headers} onChange={setHeaders} onRun={runNow} language={jsonLanguage} label="Headers" placeholder='{"Idempotency-Key": "…", "X-Query-Timeout": "5000"}' />
            )}
          </div>
        </div>
      </section>
      <section className="graph-results" aria-label="Result">
        <Results outcome={outcome} onShow={show} />
      </section>
    </div>
  )
}

/** A text that this browser keeps. */
function useKept(key: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => recall(key) ?? '')
  const set = useCallback(
    (next: string) => {
      setText(next)
      remember(key, next)
    },
    [key],
  )
  return [text, set]
}
