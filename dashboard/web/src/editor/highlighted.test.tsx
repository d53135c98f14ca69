import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { Highlighted, beginningOf } from './Highlighted'
import { resultParser } from './names'
import { colour, countLines, piecesOf, linesOf } from './pieces'
import { refsIn } from './refs'

function refs(text: string): string[] {
  return refsIn(resultParser.parse(text), text).map((r) => [r.kind, r.name, r.id].filter((part) => part !== undefined).join(' '))
}

describe('refs', () => {
  it.each([
    ['{ ref: Ref(Collection("a"), "1"), ts: 1 }', ['document a 1']],
    ['[ Collection("a"), Index(\'b\'), Function("c"), Database("d"), Role("e") ]', ['collection a', 'index b', 'function c', 'database d', 'role e']],
    ['{ text: \'Collection("a")\', other: "Ref(Collection(\\"a\\"), \\"1\\")" }', []],
    ['Collection("a\\"b\\u00e9")', ['collection a"bé']],
    // Elsewhere than in this database, or no ref of a document.
    ['Collection("a", Database("d"))', []],
    ['Ref(Collection("a", Database("d")), "1")', []],
    ['Ref(Keys(), "1")', []],
    ['Documents(Collection("a"))', ['collection a']],
    ['Query(Lambda("x", Get(Ref(Collection("a"), Var("x")))))', []],
    // A piece that begins in the middle.
    ['"x"), y: Collection("a") } ], z: Ref(Collection("b"), "2")', ['collection a', 'document b 2']],
    ['Collection("a', []],
  ])('%s', (text, want) => expect(refs(text)).toEqual(want))
})

describe('pieces', () => {
  const long = Array.from({ length: 1001 }, (_, i) => `  { n: ${i} },`).join('\n')
  it('make up the text', () => {
    for (const text of ['', 'one', 'one\n', '\n\n', long, long + '\n', 'x'.repeat(100_000) + '\n' + long]) {
      const pieces = piecesOf(text)
      expect(pieces.map((p) => p.text).join('\n')).toBe(text)
      expect(pieces.reduce((n, p) => n + p.lines, 0)).toBe(countLines(text))
      for (const piece of pieces) {
        expect(colour(piece.text).flatMap((run) => run.spans.map((span) => span.text)).join('')).toBe(piece.text)
      }
    }
  })
  it('are bounded', () => expect(piecesOf(long).map((p) => p.lines)).toEqual([200, 200, 200, 200, 200, 1]))
  it('begin where the text does', () => {
    expect(countLines(beginningOf(long, 200))).toBe(200)
    expect(beginningOf('a\nb', 200)).toBe('a\nb')
    expect(beginningOf(Array(210).fill('x').join('\n'), 200)).toHaveLength(419)
    expect(beginningOf('x'.repeat(1e6), 200)).toHaveLength(20_000)
  })
})

describe('lines', () => {
  const text = '{\n  a: Ref(Collection("b"),\n    "1"),\n\n  c: 1\n}\n'
  const lines = linesOf(colour(text))
  const written = lines.map((line) => line.runs.flatMap((run) => run.spans.map((span) => span.text)).join(''))
  it('make up the text and each ends with its end', () => expect(written).toEqual([...text.split(/(?<=\n)/), '']))
  it('know their indentation', () => expect(lines.map((line) => line.indent)).toEqual([0, 2, 4, 0, 2, 0, 0]))
})

describe('the coloured text', () => {
  const anchor = ({ to, children }: { to: string; children: ReactNode }) => <a href={to}>{children}</a>
  it('has links where a page is', () => {
    const html = renderToStaticMarkup(
      <Highlighted text={'{ a: Collection("b"), c: Index("d") }'} linkFor={(kind, name) => (kind === 'collection' ? '/' + name : undefined)} anchor={anchor} />,
    )
    expect(html.match(/<a .*?<\/a>/g)).toEqual([
      '<a href="/b"><span class="code-function">Collection</span><span class="code-punctuation">(</span><span class="code-string">&quot;b&quot;</span><span class="code-punctuation">)</span></a>',
    ])
  })
  it('shows the first lines and how many there are', () => {
    const html = renderToStaticMarkup(<Highlighted text={Array(1234).fill('1,').join('\n')} />)
    expect(html.match(/1<\/span>/g)).toHaveLength(200)
    expect(html).toContain('Show all 1,234 lines')
  })
})
