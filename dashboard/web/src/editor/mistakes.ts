import { type Diagnostic, forEachDiagnostic, nextDiagnostic, previousDiagnostic, setDiagnosticsEffect } from '@codemirror/lint'
import { type ChangeDesc, type EditorState, EditorState as State, type Extension, type TransactionSpec } from '@codemirror/state'
import { keymap } from '@codemirror/view'

/** What a mistake is and what led to it. */
export interface Reason {
  code?: string
  message: string
  /** The wire form's position, its steps joined by dots. */
  position?: string
  causes?: readonly Reason[]
}

/** A mistake with its place in the editor's text, in UTF-16 units, half open. */
export interface Mistake extends Reason {
  from: number
  to: number
}

/** An error as the server tells it; `Cause` of api/run.ts is one. */
export interface ServerError {
  code: string
  description: string
  from?: number
  to?: number
  position?: readonly (string | number)[]
  failures?: readonly { field: readonly (string | number)[]; code: string; description: string }[]
  cause?: readonly ServerError[]
}

/**
 * The errors that have a place in the text, outer ones first, each with all that it
 * was caused by. `offset` is where the text that ran begins in the editor's.
 */
export function mistakesOf(errors: readonly ServerError[], offset = 0): Mistake[] {
  return errors.flatMap((error) => {
    const inner = mistakesOf(error.cause ?? [], offset)
    if (error.from === undefined) return inner
    return [{ ...reasonOf(error), from: error.from + offset, to: (error.to ?? error.from) + offset }, ...inner]
  })
}

function reasonOf(error: ServerError): Reason {
  const fields = (error.failures ?? []).map((f) => ({ code: f.code, message: f.description, position: f.field.join('.') }))
  return {
    code: error.code,
    message: error.description,
    position: error.position?.join('.'),
    causes: [...fields, ...(error.cause ?? []).map(reasonOf)],
  }
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
    shown.push({ ...range, severity: 'error', message: mistake.message, renderMessage: () => explain(mistake) })
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

/** The tooltip's content. */
function explain(mistake: Reason): HTMLElement {
  const dom = document.createElement('div')
  dom.className = 'cm-mistake'
  const line = document.createElement('div')
  line.append(...words(mistake))
  dom.append(line)
  if (mistake.causes?.length) {
    const list = document.createElement('ul')
    for (const cause of mistake.causes) {
      const item = document.createElement('li')
      item.append(explain(cause))
      list.append(item)
    }
    dom.append(list)
  }
  return dom
}

function words(reason: Reason): Node[] {
  const piece = (name: string, text: string) => {
    const span = document.createElement('span')
    span.className = name
    span.textContent = text
    return span
  }
  const out: Node[] = []
  if (reason.code) out.push(piece('cm-mistake-code', reason.code), document.createTextNode(' '))
  out.push(document.createTextNode(reason.message))
  if (reason.position) out.push(document.createTextNode(' '), piece('cm-mistake-position', 'at ' + reason.position))
  return out
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
    forget,
    keymap.of([
      { key: 'F8', run: nextDiagnostic },
      { key: 'Shift-F8', run: previousDiagnostic },
    ]),
  ]
}
