import { ensureSyntaxTree, getIndentation, foldable } from '@codemirror/language'
import { forEachDiagnostic } from '@codemirror/lint'
import { ChangeSet, EditorState } from '@codemirror/state'
import { CompletionContext } from '@codemirror/autocomplete'
import { describe, expect, it } from 'vitest'
import { Echo, changeBetween } from './changes'
import { chosenOf } from './chosen'
import { type Completions, applyName, completionSource, tokenStart } from './completion'
import { functionAt } from './help'
import { fql, functionNamed, learn } from './language'
import { mistakes, mistakesOf, showMistakes } from './mistakes'
import { callAt, signatureParts } from './signature'
import { hangOf } from './wrapping'

const functions = ['Get(refOrSet, [ts])', 'Add(number, …)', 'Call(function, argument, …)', 'Let({name: expr, …}, in)', 'Now()', 'Map(collection, lambda)'].map(
  (signature) => ({ name: signature.split('(')[0]!, signature, summary: '' }),
)

/** A state of a text in which | is the cursor, or two of them a selection. */
function at(text: string): EditorState {
  const [before = '', ...rest] = text.split('|')
  const anchor = before.length
  const head = rest.length > 1 ? anchor + rest[0]!.length : anchor
  const state = EditorState.create({ doc: text.replaceAll('|', ''), selection: { anchor, head }, extensions: [fql(functions), mistakes()] })
  ensureSyntaxTree(state, state.doc.length, 10_000) // on a busy machine it may not be whole yet
  return state.update({}).state
}

describe('what is chosen to run', () => {
  it.each([
    ['one|', { text: 'one', from: 0, line: 1, column: 1, whole: true }],
    ['one\n|two|', { text: 'two', from: 4, line: 2, column: 1, whole: false }],
    ['one\n  |two|', { text: 'two', from: 6, line: 2, column: 3, whole: false }],
    ['one| |two', { text: 'one two', from: 0, line: 1, column: 1, whole: true }],
  ])('%j', (text, want) => expect(chosenOf(at(text))).toEqual(want))
})

describe('a change from outside', () => {
  it.each([
    ['abc', 'abc', null],
    ['abc', 'abXc', { from: 2, to: 2, insert: 'X' }],
    ['aaa', 'aa', { from: 2, to: 3, insert: '' }],
    ['', 'a', { from: 0, to: 0, insert: 'a' }],
    ['one two', 'one 2 two', { from: 4, to: 4, insert: '2 ' }],
  ])('%j to %j', (before, after, want) => expect(changeBetween(before, after)).toEqual(want))

  it('is none when a text comes back late', () => {
    const echo = new Echo()
    echo.tell('a')
    echo.tell('ab')
    echo.tell('abc')
    expect([echo.is('ab'), echo.is('abc'), echo.is('new'), echo.is('ab')]).toEqual([true, true, false, false])
  })
})

describe('where a token begins', () => {
  it.each<[string, boolean, number | null, string?]>([
    ['|', false, null],
    ['|', true, 0],
    ['Ge|', false, 0],
    ['q.Ge|', false, 2],
    ['Get(Re|)', false, 4],
    ['Collection("st|")', false, 12, '"'],
    ["Collection( 'st|", false, 13, "'"],
    ['Collection("|)', false, 12, '"'],
    ['Concat(["st|"])', false, null],
    ['Concat(["st|"])', true, 9, '"'],
    ['"a"|', false, null],
    ['// Ge|', true, null],
    ['/* Ge| */', true, null],
    ['/* Ge|', true, null],
    ['12|', false, null],
  ])('%s', (text, explicit, from, quote = '') => {
    const state = at(text)
    expect(tokenStart(state, state.selection.main.head, explicit)).toEqual(from === null ? null : { from, quote })
  })
})

describe('help', () => {
  it.each([
    ['|Get(x)', 'Get'],
    ['Ge|t(x)', 'Get'],
    ['Get|(x)', 'Get'],
    ['q.Ge|t(x)', 'Get'],
    ['Get(|Now())', 'Now'],
    ['Get(x|)', undefined],
    ['Gett|(x)', undefined],
    ['"Ge|t"', undefined],
    ['{ Ge|t: 1 }', undefined],
    ['// Ge|t', undefined],
  ])('of %s', (text, want) => {
    const state = at(text)
    expect(functionAt(state, state.selection.main.head)?.name).toBe(want)
  })
})

describe('completion', () => {
  const asked: string[] = []
  const source = completionSource(() => async (before): Promise<Completions> => {
    asked.push(before)
    if (before.includes('down')) throw new Error('no server')
    return { from: before.length, matches: before.endsWith('"') ? [{ label: 'a"b', kind: 'name' }] : [] }
  })
  const complete = (text: string) => {
    const state = at(text)
    return source(new CompletionContext(state, state.selection.main.head, false))
  }
  it('asks once for a token', async () => {
    expect(await complete('x => a|')).toBeNull()
    expect(await complete('x => ab|')).toBeNull()
    expect(asked).toEqual(['x => '])
  })
  it('offers names inside a string, and filters them here', async () => {
    const result = await complete('Collection("|')
    expect(result).toMatchObject({ from: 12, options: [{ label: 'a"b' }] })
    expect((result!.validFor as RegExp).test('a b-c')).toBe(true)
    expect((result!.validFor as RegExp).test('a"')).toBe(false)
  })
  it('offers the functions when the server is away', async () => {
    expect((await complete('down(Ge|'))!.options.map((o) => [o.label, o.detail])).toContainEqual(['Get', '(refOrSet, [ts])'])
  })
  it.each([
    ['Collection("|', '"', 'Collection("a\\"b"'],
    ['Collection("|")', '"', 'Collection("a\\"b")'],
    ["Collection('|)", "'", "Collection('a\"b')"],
  ])('puts a name into %s', (text, quote, want) => {
    const state = at(text)
    const { from } = state.selection.main
    const after = state.update(applyName(state, { label: 'a"b' }, from, from, quote)).state
    expect(after.doc.toString()).toBe(want)
    expect(after.sliceDoc(0, after.selection.main.head)).toMatch(/["']$/)
  })
})

describe('signatures', () => {
  it.each([
    ['Get(|)', 'Get 0'],
    ['Get(a, |', 'Get 1'],
    ['Map(Get(a, b)|, c)', 'Map 0'],
    ['Map(Get(a, b|), c)', 'Get 1'],
    ['q.Map([1, 2], |)', 'Map 1'],
    ['Map(a, unknown(|))', ''],
    ['Get({a: |})', ''],
    ['Get(a)|', ''],
    ['Get(")", |)', 'Get 1'],
  ])('%s', (text, want) => {
    const state = at(text)
    const call = callAt(state, state.selection.main.head)
    expect(call ? `${call.signature.split('(')[0]} ${call.argument}` : '').toBe(want)
  })
  it.each([
    ['Get(refOrSet, [ts])', 1, 'Get(refOrSet, *[ts]*)'],
    ['Get(refOrSet, [ts])', 5, 'Get(refOrSet, [ts])'],
    ['Add(number, …)', 4, 'Add(*number*, …)'],
    ['Call(function, argument, …)', 0, 'Call(*function*, argument, …)'],
    ['Call(function, argument, …)', 3, 'Call(function, *argument*, …)'],
    ['Let({name: expr, …}, in)', 0, 'Let(*{name: expr, …}*, in)'],
    ['Now()', 0, 'Now()'],
  ])('%s at %d', (signature, argument, want) => {
    const text = signatureParts(signature, argument).map((part) => (part.current ? `*${part.text}*` : part.text))
    expect(text.join('')).toBe(want)
  })
})

describe('mistakes', () => {
  const error = { code: 'call error', description: 'failed', from: 1, to: 4, cause: [{ code: 'inner', description: 'why', from: 2, to: 3 }, { code: 'elsewhere', description: '' }] }
  const told = (state: EditorState) => {
    const out: string[] = []
    forEachDiagnostic(state, (_d, from, to) => out.push(state.sliceDoc(from, to)))
    return out.join(' ')
  }
  const shown = (text: string, from: number, to: number) => {
    const state = at(text)
    return state.update(showMistakes(state, [{ code: '', description: '', from, to }])).state
  }

  it('are those with a place, moved to where the text began', () => {
    expect(mistakesOf([error], 10).map((m) => [m.code, m.from, m.to])).toEqual([['call error', 11, 14], ['inner', 12, 13]])
  })
  it('underline at least one character', () => {
    expect([told(shown('abc', 1, 1)), told(shown('abc', 3, 3)), told(shown('abc', 9, 12))]).toEqual(['b', 'c', 'c'])
  })
  it('move with the text and go when they are edited', () => {
    let state = shown('abcdef', 2, 4)
    state = state.update({ changes: { from: 0, insert: 'xx' } }).state
    expect(told(state)).toBe('cd')
    expect(told(state.update({ changes: { from: 7, insert: 'x' } }).state)).toBe('cd')
    expect(told(state.update({ changes: { from: 5, insert: 'x' } }).state)).toBe('')
  })
  it('follow what was edited while the query ran', () => {
    const state = at('xxabcdef')
    const since = ChangeSet.of({ from: 0, insert: 'xx' }, 6).desc
    expect(told(state.update(showMistakes(state, [{ code: '', description: '', from: 2, to: 4 }], since)).state)).toBe('cd')
    const touched = ChangeSet.of({ from: 3, insert: 'xx' }, 6).desc
    expect(told(state.update(showMistakes(state, [{ code: '', description: '', from: 2, to: 4 }], touched)).state)).toBe('')
  })
})

describe('the language', () => {
  const text = 'Create(Collection("a"), {\n  data: {\n    list: [\n1\n]\n}\n})\n'
  it('indents by brackets', () => {
    const state = at(text)
    const indents = Array.from({ length: state.doc.lines }, (_, i) => getIndentation(state, state.doc.line(i + 1).from))
    expect(indents).toEqual([0, 2, 4, 6, 4, 2, 0, 0])
  })
  it('folds what brackets hold', () => {
    const state = at(text)
    const line = state.doc.line(2)
    expect(foldable(state, line.from, line.to)).toEqual({ from: line.to, to: text.lastIndexOf('}\n})') })
  })
  it('continues long lines behind their beginning', () => {
    expect(['a', '  a', '\ta', '   \ta', ' '.repeat(60) + 'a'].map((line) => hangOf(line, 4))).toEqual([2, 4, 6, 6, 26])
  })
  it('learns functions', () => {
    const state = at('New')
    expect(functionNamed(state, 'New')).toBeUndefined()
    expect(functionNamed(state.update({ effects: learn([{ name: 'New', signature: 'New()', summary: '' }]) }).state, 'New')?.signature).toBe('New()')
  })
})
