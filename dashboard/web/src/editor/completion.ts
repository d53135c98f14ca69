import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  insertBracket,
  insertCompletionText,
  pickedCompletion,
} from '@codemirror/autocomplete'
import { syntaxTree } from '@codemirror/language'
import type { EditorState, TransactionSpec } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import { type Help, helpElement } from './help'
import { functionNamed, functionsOf } from './language'
import { showSignature } from './signature'

/** What may stand somewhere, as `POST /ui/api/complete` tells it. */
export interface Completions {
  /** Where in the text that was asked about the matches begin, in UTF-16 units. */
  from: number
  matches: readonly CompletionMatch[]
}

/** One of them. A name comes without the quotes around it. */
export interface CompletionMatch {
  label: string
  kind: 'function' | 'name' | 'variable' | 'option'
  /** The signature of a function. */
  detail?: string
}

/** Asks what may stand where `before`, the text up to there, ends. */
export type Complete = (before: string) => Promise<Completions>

/** The token that the cursor is in: where it begins and, in a string, its quote. */
export interface TokenStart {
  from: number
  quote: string
}

/**
 * Where the word or string at `pos` begins. Null in comments, numbers and, unless
 * `explicit`, wherever nobody would expect a list: only words and the first
 * argument of a call open one by themselves.
 */
export function tokenStart(state: EditorState, pos: number, explicit: boolean): TokenStart | null {
  const node = syntaxTree(state).resolveInner(pos, -1)
  const text = state.sliceDoc(node.from, Math.min(node.to, node.from + 2))
  const inside = node.from < pos && (pos < node.to || node.name === 'Mistake' || node.name === 'LineComment')
  if (inside && (node.name.endsWith('Comment') || text === '/*' || text[0] === '`')) return null
  if (inside && (node.name === 'String' || node.name === 'Mistake') && /["']/.test(text)) {
    if (!explicit && !/[\w$]\s*\(\s*$/.test(state.sliceDoc(Math.max(0, node.from - 60), node.from))) return null
    return { from: node.from + 1, quote: text[0]! }
  }
  const line = state.doc.lineAt(pos)
  const word = /[\p{L}\p{N}_$.]*$/u.exec(state.sliceDoc(line.from, pos))![0].split('.').pop()!
  if (/^\p{N}/u.test(word) || (word === '' && !explicit)) return null
  return { from: pos - word.length, quote: '' }
}

/** How long an answer without matches holds for the same place, in milliseconds. */
const freshness = 5000

/**
 * Completion by the server, asked once for every token with the text before it; while
 * the token grows its answer is filtered here. When the server does not answer, the
 * functions remain. What a function does comes from `help` when it is looked at.
 */
export function completionSource(complete: () => Complete | undefined, help: () => Help | undefined = () => undefined): CompletionSource {
  let asked: { before: string; at: number; answer: Promise<Completions> } | undefined
  const ask = (before: string): Promise<Completions> | undefined => {
    const now = Date.now()
    if (asked?.before === before && now - asked.at < freshness) return asked.answer
    const answer = complete()?.(before)
    asked = answer && { before, at: now, answer }
    return answer
  }
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const start = tokenStart(context.state, context.pos, context.explicit)
    if (!start) return null
    let answer: Completions
    try {
      answer = (await ask(context.state.sliceDoc(0, start.from))) ?? offline(context.state, start)
    } catch {
      answer = offline(context.state, start)
    }
    if (context.aborted || answer.matches.length === 0) return null
    return {
      from: Math.min(answer.from, start.from),
      options: answer.matches.map((match) => option(context.state, match, start.quote, help)),
      validFor: start.quote === '' ? /^[\p{L}\p{N}_$]*$/u : new RegExp(`^[^${start.quote}\\n]*$`),
    }
  }
}

function offline(state: EditorState, start: TokenStart): Completions {
  const list = start.quote === '' ? functionsOf(state) : []
  return { from: start.from, matches: list.map((f) => ({ label: f.name, kind: 'function', detail: f.signature })) }
}

function option(state: EditorState, match: CompletionMatch, quote: string, help: () => Help | undefined): Completion {
  const { label, kind } = match
  if (kind !== 'function') {
    return { label, type: kind, apply: (view, self, from, to) => view.dispatch(applyName(view.state, self, from, to, quote)) }
  }
  const signature = match.detail ?? functionNamed(state, label)?.signature ?? ''
  return {
    label,
    type: kind,
    detail: signature.slice(label.length),
    info: () => about(label, functionNamed(state, label)?.summary ?? '', help()),
    apply: (view, self, from, to) => applyCall(view, self, from, to, !signature.endsWith('()')),
  }
}

/** What stands beside a function in the list: its help, or the line that is known. */
async function about(name: string, summary: string, help: Help | undefined): Promise<Node> {
  try {
    if (help) return helpElement(await help(name), true)
  } catch {
    // the line will do
  }
  return document.createTextNode(summary)
}

/** Puts a name in, and the cursor behind its closing quote. */
export function applyName(state: EditorState, completion: Completion, from: number, to: number, quote: string): TransactionSpec {
  const text = quote === '' ? completion.label : escaped(completion.label, quote)
  if (quote === '' || state.selection.ranges.length > 1) return insertCompletionText(state, text, from, to)
  const closed = state.sliceDoc(to, to + 1) === quote
  return {
    changes: { from, to, insert: closed ? text : text + quote },
    selection: { anchor: from + text.length + 1 },
    scrollIntoView: true,
    userEvent: 'input.complete',
    annotations: pickedCompletion.of(completion),
  }
}

/** A name as it is spelled between quotes of that kind. */
function escaped(name: string, quote: string): string {
  return JSON.stringify(name).slice(1, -1).replace(/\\"/g, '"').replaceAll(quote, '\\' + quote)
}

/** Puts a function in with its parentheses, the cursor between them when it takes
 *  arguments. Typing the closing one steps over it. */
function applyCall(view: EditorView, completion: Completion, from: number, to: number, takes: boolean) {
  const { state } = view
  const name = { ...insertCompletionText(state, completion.label, from, to), annotations: pickedCompletion.of(completion) }
  if (state.selection.ranges.length > 1 || state.sliceDoc(to, to + 1) === '(') return view.dispatch(name)
  const named = state.update(name)
  const at = from + completion.label.length
  if (!takes) {
    const called = named.state.update({ changes: { from: at, insert: '()' }, selection: { anchor: at + 2 }, userEvent: 'input.type' })
    return view.update([named, called])
  }
  const called =
    insertBracket(named.state, '(') ??
    named.state.update({ changes: { from: at, insert: '()' }, selection: { anchor: at + 1 }, userEvent: 'input.type' })
  view.update([named, called, called.state.update({ effects: showSignature.of(true) })])
}
