import { type Diagnostic, forEachDiagnostic, linter, nextDiagnostic, previousDiagnostic, setDiagnosticsEffect } from '@codemirror/lint'
import { type ChangeDesc, type EditorState, EditorState as State, type Extension, type TransactionSpec } from '@codemirror/state'
import { keymap } from '@codemirror/view'

/** An error as the server tells it, with all that led to it; `Cause` of api/run.ts
 *  is one. */
export interface Reason {
  code: string
  description: string
  from?: number
  to?: number
  position?: readonly (string | number)[]
  failures?: readonly { field: readonly (string | number)[]; code: string; description: string }[]
  cause?: readonly Reason[]
  /** What it means, in other words than the server's. */
  advice?: string | undefined
}

/** An error with its place in the editor's text, in UTF-16 units, half open. */
export type Mistake = Reason & { from: number; to: number }

/** The errors that have a place in the text, and those among their causes. `offset`
 *  is where the text that ran begins in the editor's. */
export function mistakesOf(errors: readonly Reason[], offset = 0): Mistake[] {
  return errors.flatMap((error) => {
    const inner = mistakesOf(error.cause ?? [], offset)
    if (error.from === undefined) return inner
    return [{ ...error, from: error.from + offset, to: (error.to ?? error.from) + offset }, ...inner]
  })
}

/** Underlines `mistakes` and nothing else. What was edited since they were made is
 *  told by `since`, and mistakes in what it touched are left out. */
export function showMistakes(state: EditorState, mistakes: readonly Mistake[], since?: ChangeDesc | null): TransactionSpec {
  const shown: Diagnostic[] = []
  for (const mistake of mistakes) {
    let { from, to } = mistake
    if (since) {
      if (from > since.length || to > since.length || since.touchesRange(from, to)) continue
      from = since.mapPos(from, 1)
      to = since.mapPos(to, -1)
    }
    const range = visible(state, from, to)
    shown.push({ ...range, severity: 'error', message: `${mistake.code}: ${mistake.description}`, renderMessage: () => explain(mistake) })
  }
  shown.sort((a, b) => a.from - b.from || b.to - a.to)
  return { effects: setDiagnosticsEffect.of(shown) }
}

/** At least one character of the text, so that there is something to underline. */
function visible(state: EditorState, from: number, to: number): { from: number; to: number } {
  const { doc } = state
  from = Math.min(from, doc.length)
  to = Math.min(Math.max(to, from), doc.length)
  if (from !== to) return { from, to }
  const line = doc.lineAt(from)
  if (from < line.to) return { from, to: from + 1 }
  return { from: Math.max(line.from, from - 1), to: from }
}

/** The tooltip's content. Where a cause is, the underline does not tell. */
function explain(reason: Reason, inner = false): HTMLElement {
  const dom = element('div', 'cm-mistake')
  const line = element('div', 'cm-mistake-line')
  line.append(element('span', 'cm-mistake-code', reason.code), ' ', reason.description)
  if (inner && reason.position?.length) line.append(' ', element('span', 'cm-mistake-position', 'at ' + reason.position.join('.')))
  dom.append(line)
  if (reason.advice !== undefined) dom.append(element('div', 'cm-mistake-advice', reason.advice))
  const causes = [
    ...(reason.failures ?? []).map((f) => ({ code: f.code, description: f.description, position: f.field })),
    ...(reason.cause ?? []),
  ]
  if (causes.length === 0) return dom
  const list = element('ul', 'cm-mistake-causes')
  for (const cause of causes) {
    const item = element('li', '')
    item.append(explain(cause, true))
    list.append(item)
  }
  dom.append(list)
  return dom
}

function element(tag: string, name: string, text = ''): HTMLElement {
  const dom = document.createElement(tag)
  dom.className = name
  dom.textContent = text
  return dom
}

// A mistake whose text is edited is no longer told; the others move with the text.
const forget = State.transactionExtender.of((tr) => {
  if (!tr.docChanged) return null
  let touched = false
  const kept: Diagnostic[] = []
  forEachDiagnostic(tr.startState, (diagnostic, from, to) => {
    if (tr.changes.touchesRange(from, to)) touched = true
    else kept.push({ ...diagnostic, from: tr.changes.mapPos(from, 1), to: tr.changes.mapPos(to, -1) })
  })
  return touched ? { effects: setDiagnosticsEffect.of(kept) } : null
})

/** Mistakes go when they are edited; F8 and Shift-F8 walk through them. */
export function mistakes(): Extension {
  return [
    linter(null),
    forget,
    keymap.of([
      { key: 'F8', run: nextDiagnostic },
      { key: 'Shift-F8', run: previousDiagnostic },
    ]),
  ]
}
