import { LRLanguage, bracketMatching, delimitedIndent, foldInside, foldNodeProp, indentNodeProp, syntaxHighlighting } from '@codemirror/language'
import { Compartment, type EditorState, type Extension, StateEffect, StateField } from '@codemirror/state'
import { codeClasses } from './classes'
import { type LanguageFunction, knownIn } from './names'
import { parser } from './parser'

const language = LRLanguage.define({
  name: 'fql',
  parser: parser.configure({
    props: [
      indentNodeProp.add({
        Arguments: delimitedIndent({ closing: ')', align: false }),
        Parameters: delimitedIndent({ closing: ')', align: false }),
        Parenthesised: delimitedIndent({ closing: ')', align: false }),
        Array: delimitedIndent({ closing: ']', align: false }),
        'Object Block': delimitedIndent({ closing: '}', align: false }),
        // What stands in a comment or a string keeps its place.
        'BlockComment String': () => null,
      }),
      foldNodeProp.add({
        'Arguments Array Object Block': foldInside,
        BlockComment: (node) => ({ from: node.from + 2, to: node.to - 2 }),
      }),
    ],
  }),
  languageData: {
    closeBrackets: { brackets: ['(', '[', '{', '"', "'"], before: ')]}:;,' },
    commentTokens: { line: '//', block: { open: '/*', close: '*/' } },
    indentOnInput: /^\s*[)\]}]$/,
    wordChars: '$',
  },
})

/** Replaces the functions that a state knows. */
const setFunctions = StateEffect.define<readonly LanguageFunction[]>()

interface Known {
  list: readonly LanguageFunction[]
  byName: ReadonlyMap<string, LanguageFunction>
}

function knownOf(list: readonly LanguageFunction[]): Known {
  return { list, byName: new Map(list.map((f) => [f.name, f])) }
}

const functionsField = StateField.define<Known>({
  create: () => knownOf([]),
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(setFunctions)) return knownOf(effect.value)
    return value
  },
})

const spoken = new Compartment()

/** The functions that a state knows, in their order. */
export function functionsOf(state: EditorState): readonly LanguageFunction[] {
  return state.field(functionsField, false)?.list ?? []
}

/** The function of that name in a state. */
export function functionNamed(state: EditorState, name: string): LanguageFunction | undefined {
  return state.field(functionsField, false)?.byName.get(name)
}

function knowing(list: readonly LanguageFunction[]): Extension {
  return language.configure({ specializers: [knownIn(new Set(list.map((f) => f.name)))] })
}

/** What to dispatch when the server has told its functions: later text and what
 *  is there already take their colours from them. */
export function learn(list: readonly LanguageFunction[]): StateEffect<unknown>[] {
  return [setFunctions.of(list), spoken.reconfigure(knowing(list))]
}

/** The language: its colours, indentation, folding, brackets and comments. */
export function fql(list: readonly LanguageFunction[] = []): Extension {
  return [functionsField.init(() => knownOf(list)), spoken.of(knowing(list)), syntaxHighlighting(codeClasses), bracketMatching()]
}
