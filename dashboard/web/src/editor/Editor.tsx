import { Annotation, type ChangeDesc, Compartment, EditorState, type Extension, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder as placeholderOf } from '@codemirror/view'
import { type ReactElement, type Ref, useEffect, useId, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import './Editor.css'
import { Echo, changeBetween, placeNow } from './changes'
import type { Complete } from './completion'
import type { Help } from './help'
import { fql, learn } from './language'
import { type Mistake, showMistakes } from './mistakes'
import type { LanguageFunction } from './names'
import { setup } from './setup'
import { type Chosen, allOf, chosenOf, noEdits } from './chosen'

/** What a page can do with an editor besides its properties. */
export interface EditorHandle {
  /** As Ctrl-Enter: calls onRun with what `take` gives. */
  run(): void
  /** What would run. Mistakes that are given after this are taken to be of the text
   *  as it is now, and follow the edits made meanwhile. */
  take(): Chosen
  /** Puts `text` in place of all, as an edit that can be undone, and focuses. */
  replace(text: string): void
  focus(): void
  /** Selects a range of the text that was last chosen to be run, where it is now,
   *  and scrolls to it. */
  select(from: number, to: number): void
}

/** The properties of an editor. */
export interface EditorProps {
  /** The text. It may lag behind while the user types; another text replaces what
   *  is there, and the cursor stays where the texts agree. */
  value: string
  onChange?: (value: string) => void
  /** Ctrl-Enter or Command-Enter, or `run` of the handle. Not while `running`. */
  onRun?: (text: string, from: number, whole: boolean) => void
  /** Ctrl-Shift-Enter. */
  onRunBoth?: () => void
  /** What to underline; see `mistakesOf`. Only a new array is shown anew. */
  diagnostics?: readonly Mistake[]
  running?: boolean
  readOnly?: boolean
  placeholder?: string
  /** What the editor is, for those who do not see it. */
  label: string
  complete?: Complete
  /** Asks for the reference's page of a function. */
  help?: Help
  /** The language's functions; colours and signatures come from them. */
  functions?: readonly LanguageFunction[]
  handleRef?: Ref<EditorHandle>
}

const none: readonly never[] = []
const fromOutside = Annotation.define<boolean>()

/** An editor of queries. It fills the element that it stands in. */
export function Editor(props: EditorProps): ReactElement {
  const { value, diagnostics = none, functions = none, readOnly = false, running = false, placeholder = '', label } = props
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef(props)
  const kept = useRef<Kept>(null)
  const help = useId()

  useLayoutEffect(() => {
    latest.current = props
  })

  useLayoutEffect(() => {
    const memory: Kept = { echo: new Echo(), since: null, settings: new Compartment() }
    kept.current = memory
    const created = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          Prec.highest(
            keymap.of([
              { key: 'Mod-Enter', run: (v) => run(v, latest.current, memory) },
              { key: 'Ctrl-Enter', run: (v) => run(v, latest.current, memory) },
              { key: 'Mod-Shift-Enter', run: () => runBoth(latest.current) },
            ]),
          ),
          setup(
            () => latest.current.complete,
            () => latest.current.help,
          ),
          fql(latest.current.functions),
          memory.settings.of(settingsOf(readOnly, placeholder, label, help)),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return
            if (memory.since) memory.since = memory.since.composeDesc(update.changes.desc)
            if (update.transactions.every((tr) => tr.annotation(fromOutside))) return
            const text = update.state.doc.toString()
            memory.echo.tell(text)
            latest.current.onChange?.(text)
          }),
        ],
      }),
    })
    view.current = created
    return () => {
      created.destroy()
      view.current = null
    }
    // Made once; the effects below keep it up to date.
  }, [])

  useEffect(() => {
    const v = view.current
    if (!v || kept.current?.echo.is(value)) return
    const change = changeBetween(v.state.doc.toString(), value.replace(/\r\n?/g, '\n'))
    if (change) v.dispatch({ changes: change, annotations: fromOutside.of(true) })
  }, [value])

  useEffect(() => {
    view.current?.dispatch({ effects: learn(functions) })
  }, [functions])

  useEffect(() => {
    view.current?.dispatch({ effects: kept.current?.settings.reconfigure(settingsOf(readOnly, placeholder, label, help)) })
  }, [readOnly, placeholder, label, help])

  useEffect(() => {
    const v = view.current
    if (!v) return
    v.dispatch(showMistakes(v.state, diagnostics, kept.current?.since))
  }, [diagnostics])

  useImperativeHandle(
    props.handleRef,
    () => ({
      run() {
        if (view.current && kept.current) run(view.current, latest.current, kept.current)
      },
      take() {
        if (!view.current || !kept.current) return allOf(latest.current.value)
        return choose(view.current, kept.current)
      },
      replace(text) {
        const { state } = view.current ?? {}
        if (!state) return
        view.current?.dispatch({ changes: { from: 0, to: state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true, userEvent: 'input.replace' })
        view.current?.focus()
      },
      focus: () => view.current?.focus(),
      select(from, to) {
        const v = view.current
        if (!v) return
        const now = placeNow(from, to, v.state.doc.length, kept.current?.since)
        v.dispatch({ selection: { anchor: now.from, head: now.to }, scrollIntoView: true })
        v.focus()
      },
    }),
    [],
  )

  return (
    <div className="editor" aria-busy={running || undefined}>
      <div className="editor-text" ref={place} />
      <span className="editor-help" id={help}>
        Control or Command and Enter runs the selection, or everything. Tab indents; press Escape and then Tab to leave the editor. F1 tells of the function at the cursor.
      </span>
    </div>
  )
}

/** What an editor remembers beside its state. */
interface Kept {
  echo: Echo
  /** The edits since a text was last chosen to be run. */
  since: ChangeDesc | null
  settings: Compartment
}

function choose(view: EditorView, kept: Kept): Chosen {
  kept.since = noEdits(view.state)
  return chosenOf(view.state)
}

function run(view: EditorView, props: EditorProps, kept: Kept): boolean {
  if (!props.onRun) return false
  if (!props.running) {
    const { text, from, whole } = choose(view, kept)
    props.onRun(text, from, whole)
  }
  return true
}

function runBoth(props: EditorProps): boolean {
  if (!props.onRunBoth) return false
  if (!props.running) props.onRunBoth()
  return true
}

function settingsOf(readOnly: boolean, placeholder: string, label: string, help: string): Extension {
  return [
    EditorState.readOnly.of(readOnly),
    placeholder === '' ? [] : placeholderOf(placeholder),
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': help, 'aria-multiline': 'true', tabindex: '0' }),
  ]
}
