import { autocompletion, acceptCompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { json, jsonParseLinter } from '@codemirror/lang-json'
import { bracketMatching, codeFolding, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { linter } from '@codemirror/lint'
import { search, searchKeymap } from '@codemirror/search'
import { EditorState, Prec, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers, placeholder as placeholderOf } from '@codemirror/view'
import { tagHighlighter, tags as t } from '@lezer/highlight'
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type ReactElement, type Ref } from 'react'
import { theme } from '../../editor/theme'
import '../../editor/classes.css'
import '../../editor/Editor.css'

/** What a page can do with an editor besides its properties. */
export interface CodeEditorHandle {
  /** Where the cursor stands. */
  cursor(): number
  focus(): void
  /** Puts a text in place of all, as an edit that can be undone. */
  replace(text: string): void
}

interface Props {
  value: string
  onChange?: (value: string) => void
  /** Ctrl-Enter or Command-Enter. */
  onRun?: () => void
  /** The language and what belongs to it; only those of the first drawing count. */
  language: Extension
  label: string
  placeholder?: string
  readOnly?: boolean
  handleRef?: Ref<CodeEditorHandle>
  /** Called with the view once it is there. */
  onMade?: (view: EditorView) => void
}

// The languages of these editors name their tokens otherwise than that of queries.
const colours = tagHighlighter([
  { tag: [t.keyword, t.definitionKeyword, t.operatorKeyword], class: 'code-function' },
  { tag: [t.propertyName, t.attributeName], class: 'code-member' },
  { tag: [t.string, t.special(t.string)], class: 'code-string' },
  { tag: [t.number, t.bool, t.null, t.atom, t.integer, t.float], class: 'code-number' },
  { tag: [t.variableName, t.special(t.name)], class: 'code-constant' },
  { tag: [t.comment, t.lineComment], class: 'code-comment' },
  { tag: [t.punctuation, t.brace, t.paren, t.squareBracket, t.separator], class: 'code-punctuation' },
])

/** JSON with its mistakes underlined. */
export const jsonLanguage: Extension = [json(), linter((view) => (view.state.doc.toString().trim() === '' ? [] : jsonParseLinter()(view)))]

/** JSON that is only shown. */
export const jsonShown: Extension = json()

/** An editor of code that is no FQL. It fills the element that it stands in. */
export function CodeEditor(props: Props): ReactElement {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef(props)
  useLayoutEffect(() => {
    latest.current = props
  })
  useLayoutEffect(() => {
    const first = latest.current
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: first.value,
        extensions: [
          base,
          Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => runOf(latest.current) }, { key: 'Ctrl-Enter', run: () => runOf(latest.current) }])),
          first.language,
          EditorState.readOnly.of(first.readOnly ?? false),
          first.placeholder === undefined ? [] : placeholderOf(first.placeholder),
          EditorView.contentAttributes.of({ 'aria-label': first.label, 'aria-multiline': 'true', tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    first.onMade?.(made)
    return () => {
      made.destroy()
      view.current = null
    }
    // Made once; the effect below keeps its text up to date.
  }, [])

  useEffect(() => {
    const v = view.current
    if (v && v.state.doc.toString() !== props.value) v.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: props.value } })
  }, [props.value])

  useImperativeHandle(
    props.handleRef,
    () => ({
      cursor: () => view.current?.state.selection.main.head ?? 0,
      focus: () => view.current?.focus(),
      replace(text) {
        const v = view.current
        v?.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: text }, selection: { anchor: 0 }, userEvent: 'input.replace' })
        v?.focus()
      },
    }),
    [],
  )
  return (
    <div className="editor">
      <div className="editor-text" ref={place} />
    </div>
  )
}

function runOf({ onRun }: Props): boolean {
  onRun?.()
  return onRun !== undefined
}

const base: Extension = [
  EditorView.cspNonce.of(document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''),
  theme,
  syntaxHighlighting(colours),
  indentUnit.of('  '),
  lineNumbers(),
  codeFolding({ placeholderText: '…' }),
  highlightSpecialChars(),
  highlightActiveLine(),
  drawSelection(),
  history(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  search({ top: true }),
  autocompletion({ icons: false, maxRenderedOptions: 60 }),
  EditorView.theme({ '.cm-completionDetail': { paddingLeft: '12px' } }),
  EditorView.lineWrapping,
  keymap.of([{ key: 'Tab', run: acceptCompletion }, ...closeBracketsKeymap, ...completionKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...defaultKeymap, indentWithTab]),
]
