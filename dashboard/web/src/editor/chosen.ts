import { type ChangeDesc, ChangeSet, type EditorState } from '@codemirror/state'

/** A text to run: the selection or, when there is none, all. */
export interface Chosen {
  text: string
  /** Where it begins in the editor's text, in UTF-16 units, and as lines and columns
   *  are counted, from 1. */
  from: number
  line: number
  column: number
  /** Whether it is all. */
  whole: boolean
}

/** What would run of a state. A selection of white space counts as none, and of
 *  several selections the main one counts. */
export function chosenOf(state: EditorState): Chosen {
  const { from, to } = state.selection.main
  const text = state.sliceDoc(from, to)
  const line = state.doc.lineAt(from)
  if (text.trim() !== '') return { text, from, line: line.number, column: from - line.from + 1, whole: false }
  return allOf(state.doc.toString())
}

/** All of a text. */
export const allOf = (text: string): Chosen => ({ text, from: 0, line: 1, column: 1, whole: true })

/** The edits since a text was chosen: none yet. */
export function noEdits(state: EditorState): ChangeDesc {
  return ChangeSet.empty(state.doc.length).desc
}
