import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { codeFolding, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension } from '@codemirror/state'
import {
  EditorView,
  drawSelection,
  dropCursor,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view'
import { type Complete, completionSource } from './completion'
import { type Help, functionHelp } from './help'
import { mistakes } from './mistakes'
import { signatureHint } from './signature'
import { theme } from './theme'
import { wrapping } from './wrapping'

// Words of the search panel, in the case of the rest of the page.
const phrases = {
  next: 'Next',
  previous: 'Previous',
  all: 'All',
  replace: 'Replace',
  'replace all': 'Replace all',
  'match case': 'Match case',
  regexp: 'Pattern',
  'by word': 'Whole words',
}

/** The page's nonce for the style elements that CodeMirror makes. */
function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
}

function foldMarker(open: boolean): HTMLElement {
  const dom = document.createElement('span')
  dom.className = open ? 'cm-fold' : 'cm-fold cm-fold-closed'
  dom.textContent = open ? '⌄' : '›'
  return dom
}

const selecting = EditorView.editorAttributes.compute(['selection'], (state) => ({
  class: state.selection.ranges.some((range) => !range.empty) ? 'cm-selecting' : '',
}))

/** All of an editor but the language and what its properties change. */
export function setup(complete: () => Complete | undefined, help: () => Help | undefined): Extension {
  return [
    EditorView.cspNonce.of(nonce()),
    theme,
    EditorState.phrases.of(phrases),
    EditorState.allowMultipleSelections.of(true),
    indentUnit.of('  '),
    lineNumbers(),
    codeFolding({ placeholderText: '…' }),
    foldGutter({ markerDOM: foldMarker }),
    highlightSpecialChars(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    drawSelection(),
    dropCursor(),
    rectangularSelection(),
    selecting,
    history(),
    indentOnInput(),
    closeBrackets(),
    search({ top: true }),
    highlightSelectionMatches({ minSelectionLength: 2, wholeWords: true }),
    autocompletion({ override: [completionSource(complete, help)], icons: false, optionClass: (option) => `cm-completion-${option.type}`, maxRenderedOptions: 60 }),
    mistakes(),
    signatureHint(),
    functionHelp(help),
    wrapping(),
    keymap.of([
      { key: 'Tab', run: acceptCompletion },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
  ]
}
