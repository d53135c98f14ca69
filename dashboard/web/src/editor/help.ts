import { syntaxTree } from '@codemirror/language'
import { type EditorState, type Extension, StateEffect, StateField } from '@codemirror/state'
import { type Command, EditorView, type Tooltip, hoverTooltip, keymap, showTooltip } from '@codemirror/view'
import { functionNamed } from './language'
import { colour } from './pieces'

/** What the reference says of a function: what is used here of `GET /ui/api/help`.
 *  Texts are Markdown. */
export interface FunctionHelp {
  signature: string
  summary: string
  /** Paragraphs, separated by an empty line; the first says what it does. */
  text: string
  arguments: readonly { key: string; type: string; text?: string; optional?: boolean }[]
  result: { type: string; text?: string }
  examples: readonly { title?: string; steps: readonly { query: string; result?: string; note?: string }[] }[]
}

/** Asks what the reference says of the function of that name. */
export type Help = (name: string) => Promise<FunctionHelp>

/** The known function whose name is at `pos`, and where it stands. */
export function functionAt(state: EditorState, pos: number): { name: string; from: number; to: number } | null {
  for (const side of [1, -1] as const) {
    const { name, from, to } = syntaxTree(state).resolveInner(pos, side)
    const known = name === 'FunctionName' ? functionNamed(state, state.sliceDoc(from, to)) : undefined
    if (known) return { name: known.name, from, to }
  }
  return null
}

/** What a tooltip shows of a function: signature, what it does and the first example;
 *  arguments and result unless it is to be short. */
export function helpElement(help: FunctionHelp, short = false): HTMLElement {
  const dom = element('div', 'cm-help')
  dom.tabIndex = 0 // so that a long one can be scrolled with the keys
  dom.append(coloured('cm-help-signature', help.signature), prose('p', help.text.split('\n\n')[0]!))
  const example = help.examples.find((e) => e.steps.some((step) => step.result))
  for (const step of example?.steps ?? []) {
    dom.append(coloured('cm-help-query', step.query))
    if (step.result) dom.append(coloured('cm-help-result', step.result))
  }
  if (short) return dom
  const list = element('dl', 'cm-help-arguments')
  for (const { key, type, text, optional } of help.arguments) list.append(term(key), meaning(optional ? `${type}, optional` : type, text))
  list.append(term('gives'), meaning(help.result.type, help.result.text))
  dom.append(list)
  return dom
}

function term(key: string): HTMLElement {
  const dom = element('dt', '')
  dom.textContent = key
  return dom
}

function meaning(type: string, text = ''): HTMLElement {
  const dom = prose('dd', text)
  const kind = element('span', 'cm-help-type')
  kind.append(...inline(type))
  dom.prepend(kind, text === '' ? '' : ' ')
  return dom
}

/** A paragraph of Markdown as the reference has it: code in backticks. */
function prose(tag: string, markdown: string): HTMLElement {
  const dom = element(tag, '')
  dom.append(...inline(markdown))
  return dom
}

function inline(markdown: string): Node[] {
  return markdown.split('`').map((text, i) => {
    if (i % 2 === 0) return document.createTextNode(text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1'))
    const dom = element('code', '')
    dom.textContent = text
    return dom
  })
}

function coloured(className: string, text: string): HTMLElement {
  const dom = element('pre', className)
  for (const run of colour(text)) {
    for (const { text, classes } of run.spans) {
      const span = element('span', classes)
      span.textContent = text
      dom.append(span)
    }
  }
  return dom
}

function element(tag: string, className: string): HTMLElement {
  const dom = document.createElement(tag)
  if (className !== '') dom.className = className
  return dom
}

/** A tooltip, and what to say to those who do not see it. */
interface Told {
  tooltip: Tooltip
  words: string
}

/** What there is to show of the function at a place, once its help is here. */
async function toldAt(state: EditorState, pos: number, help: Help | undefined): Promise<Told | null> {
  const found = functionAt(state, pos)
  if (!found || !help) return null
  try {
    const page = await help(found.name)
    const tooltip = { pos: found.from, end: found.to, above: true, create: () => ({ dom: helpElement(page) }) }
    return { tooltip, words: `${page.signature}: ${page.summary}` }
  } catch {
    return null // without an answer there is nothing to show
  }
}

const setAsked = StateEffect.define<Tooltip | null>()

/** What was asked for by the keyboard, until the text or the cursor changes. */
const asked = StateField.define<Tooltip | null>({
  create: () => null,
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(setAsked)) return effect.value
    return tr.docChanged || tr.selection ? null : value
  },
  provide: (field) => showTooltip.from(field),
})

function askAtCursor(help: () => Help | undefined): Command {
  return (view) => {
    const { state } = view
    void toldAt(state, state.selection.main.head, help()).then((told) => {
      const { main } = view.state.selection
      if (!told || !view.state.doc.eq(state.doc) || !main.eq(state.selection.main)) return
      view.dispatch({ effects: [setAsked.of(told.tooltip), EditorView.announce.of(told.words)] })
    })
    return functionAt(state, state.selection.main.head) !== null
  }
}

const dismiss: Command = ({ state, dispatch }) => {
  if (!state.field(asked)) return false
  dispatch({ effects: setAsked.of(null) })
  return true
}

/** The reference where it is wanted: over a function's name that the pointer rests
 *  on, and at the cursor with F1. Escape takes it away. */
export function functionHelp(help: () => Help | undefined): Extension {
  return [
    asked,
    hoverTooltip(async (view, pos) => (await toldAt(view.state, pos, help()))?.tooltip ?? null, { hideOnChange: true }),
    keymap.of([
      { key: 'F1', run: askAtCursor(help) },
      { key: 'Escape', run: dismiss },
    ]),
  ]
}
