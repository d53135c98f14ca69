import { type Extension, RangeSetBuilder } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'

/** Columns that a line's continuation stands behind its beginning. */
const hang = 2
/** Deeper lines continue here, so that something is left of a narrow editor. */
const deepest = 24

/** How far the continuations of a line are indented, in columns. */
export function hangOf(line: string, tabSize: number): number {
  let columns = 0
  for (const c of line) {
    if (c === '\t') columns += tabSize - (columns % tabSize)
    else if (c === ' ') columns++
    else break
  }
  return Math.min(columns, deepest) + hang
}

function decorations({ state, visibleRanges }: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>()
  for (const { from, to } of visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = state.doc.lineAt(at)
      const columns = hangOf(line.text.slice(0, 200), state.tabSize)
      builder.add(line.from, line.from, Decoration.line({ attributes: { style: `text-indent: -${columns}ch; padding-left: calc(6px + ${columns}ch)` } }))
      at = line.to + 1
    }
  }
  return builder.finish()
}

/** Wraps long lines; what continues a line stands behind its beginning. */
export function wrapping(): Extension {
  return [
    EditorView.lineWrapping,
    ViewPlugin.fromClass(
      class {
        decorations: DecorationSet
        constructor(view: EditorView) {
          this.decorations = decorations(view)
        }
        update(update: ViewUpdate) {
          if (update.docChanged || update.viewportChanged) this.decorations = decorations(update.view)
        }
      },
      { decorations: (plugin) => plugin.decorations },
    ),
  ]
}
