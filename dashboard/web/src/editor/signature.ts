import { syntaxTree } from '@codemirror/language'
import { type EditorState, type Extension, StateEffect, StateField, type Transaction } from '@codemirror/state'
import { type EditorView, keymap, showTooltip, type Tooltip, type TooltipView, type ViewUpdate } from '@codemirror/view'
import { functionNamed } from './language'

/** The call that a place is in. */
export interface CallAt {
  /** Where its name begins. */
  from: number
  signature: string
  /** Which argument the place is in, from 0. */
  argument: number
}

/** The innermost call of a known function around `pos`. Inside an object or a
 *  function's body there is none: what stands there is no argument of the call. */
export function callAt(state: EditorState, pos: number): CallAt | null {
  for (let node = syntaxTree(state).resolveInner(pos, -1); node.parent; node = node.parent) {
    if (node.from >= pos) continue
    const closed = /[)\]}]/.test(node.lastChild?.name ?? '')
    if (closed && node.to <= pos) continue
    if (node.name === 'Object' || node.name === 'Block') return null
    if (node.name !== 'Arguments') continue
    const callee = node.prevSibling
    const name = callee?.name === 'Qualified' ? callee.lastChild : callee
    const known = name && functionNamed(state, state.sliceDoc(name.from, name.to))
    if (!callee || !known) return null
    const argument = node.getChildren(',').filter((comma) => comma.to <= pos).length
    return { from: callee.from, signature: known.signature, argument }
  }
  return null
}

/** A signature's pieces; the one of the current argument is marked. */
export interface SignaturePart {
  text: string
  current: boolean
}

/** Cuts a signature such as `Get(refOrSet, [ts])` at its arguments. The one before
 *  an ellipsis stands for all that follow. */
export function signatureParts(signature: string, argument: number): SignaturePart[] {
  const open = signature.indexOf('(')
  const names: string[] = []
  let depth = 0
  let name = ''
  for (const c of signature.slice(open + 1, -1)) {
    if (c === ',' && depth === 0) {
      names.push(name.trim())
      name = ''
      continue
    }
    if ('([{'.includes(c)) depth++
    if (')]}'.includes(c)) depth--
    name += c
  }
  if (name.trim() !== '') names.push(name.trim())
  const repeated = names.at(-1) === '…' ? names.length - 2 : -1
  const current = repeated >= 0 ? Math.min(argument, repeated) : argument
  const parts: SignaturePart[] = [{ text: signature.slice(0, open + 1), current: false }]
  names.forEach((text, i) => {
    if (i > 0) parts.push({ text: ', ', current: false })
    parts.push({ text, current: i === current })
  })
  parts.push({ text: ')', current: false })
  return parts
}

/** Shows the signature at the cursor, or hides it. */
export const showSignature = StateEffect.define<boolean>()

/** A call and the place above which its signature stands. */
interface Shown extends CallAt {
  pos: number
}

const shown = StateField.define<Shown | null>({
  create: () => null,
  update: next,
  provide: (field) =>
    showTooltip.from(field, (call) => (call ? ({ pos: call.pos, above: true, create: view } satisfies Tooltip) : null)),
})

// It appears where an argument begins to be typed, and stays as long as the cursor
// stays in that call.
function next(before: Shown | null, tr: Transaction): Shown | null {
  let asked = false
  for (const effect of tr.effects) {
    if (!effect.is(showSignature)) continue
    if (!effect.value) return null
    asked = true
  }
  if (!asked && !tr.docChanged && !tr.selection) return before
  if (!asked && !before && !beginsArgument(tr)) return null
  const { main } = tr.state.selection
  const call = main.empty ? callAt(tr.state, main.head) : null
  if (!call) return null
  if (!asked && !tr.docChanged && before && call.from !== before.from) return null
  const line = tr.state.doc.lineAt(main.head)
  const indent = /^\s*/.exec(line.text)![0].length
  return { ...call, pos: Math.max(call.from, Math.min(line.from + indent, main.head)) }
}

function beginsArgument(tr: Transaction): boolean {
  if (!tr.docChanged || !tr.isUserEvent('input.type')) return false
  let begins = false
  tr.changes.iterChanges((_fromA, _toA, _fromB, _toB, inserted) => {
    const text = inserted.length <= 2 ? inserted.toString() : ''
    begins ||= text === '(' || text === '()' || text === ','
  })
  return begins
}

function view(view: EditorView): TooltipView {
  const dom = document.createElement('div')
  dom.className = 'cm-signature'
  const draw = (state: EditorState) => {
    const call = state.field(shown)
    if (!call) return
    dom.replaceChildren(
      ...signatureParts(call.signature, call.argument).map((part) => {
        const piece = document.createElement(part.current ? 'strong' : 'span')
        piece.textContent = part.text
        return piece
      }),
    )
  }
  draw(view.state)
  return {
    dom,
    update(update: ViewUpdate) {
      if (update.state.field(shown) !== update.startState.field(shown)) draw(update.state)
    },
  }
}

function hide({ state, dispatch }: EditorView): boolean {
  if (!state.field(shown)) return false
  dispatch({ effects: showSignature.of(false) })
  return true
}

function ask({ dispatch }: EditorView): boolean {
  dispatch({ effects: showSignature.of(true) })
  return true
}

/** A line above the call that is being typed, with the current argument in bold.
 *  Mod-Shift-Space asks for it, Escape takes it away. */
export function signatureHint(): Extension {
  return [
    shown,
    keymap.of([
      { key: 'Escape', run: hide },
      { key: 'Mod-Shift-Space', run: ask },
    ]),
  ]
}
