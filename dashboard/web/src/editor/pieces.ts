import { highlightCode } from '@lezer/highlight'
import { codeClasses } from './classes'
import { resultParser } from './names'
import { type Named, refsIn } from './refs'

/** A piece of a text that is coloured by itself. */
export interface Piece {
  text: string
  /** How many lines it is. */
  lines: number
}

const pieceLines = 200
const pieceLength = 32_000

/**
 * Cuts a text into pieces of at most 200 lines and some 32,000 characters, unless a
 * single line is longer. Pieces end with a line (its end belongs to none of them),
 * and results have no token of two lines, so that each can be coloured alone.
 */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  for (let from = 0; from <= text.length; ) {
    const end = endOfPiece(text, from)
    pieces.push({ text: text.slice(from, end.at), lines: end.lines })
    from = end.at + 1
  }
  return pieces
}

function endOfPiece(text: string, from: number): { at: number; lines: number } {
  let at = from - 1
  let lines = 0
  while (lines < pieceLines && (lines === 0 || at - from < pieceLength)) {
    const next = text.indexOf('\n', at + 1)
    lines++
    if (next < 0) return { at: text.length, lines }
    at = next
  }
  return { at, lines }
}

/** How many lines a text has. */
export function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** A span of one class, "" for none. */
export interface Span {
  text: string
  classes: string
}

/** Spans that follow one another, together naming something or not. */
export interface Run {
  spans: Span[]
  named?: Named
}

/** Colours a piece. Of a line without end only the beginning has colours. */
export function colour(text: string): Run[] {
  const coloured = text.length > 2 * pieceLength ? text.slice(0, pieceLength) : text
  const tree = resultParser.parse(coloured)
  const refs = refsIn(tree, coloured)
  const runs: Run[] = []
  let at = 0
  let next = 0
  const put = (text: string, classes: string) => {
    for (let rest = text; rest !== ''; ) {
      while (next < refs.length && refs[next]!.to <= at) next++
      const ref = refs[next]
      const named = ref && ref.from <= at ? ref : undefined
      const until = named ? named.to : (ref?.from ?? Infinity)
      const part = rest.slice(0, until - at)
      const run = runs.at(-1)
      if (run && run.named === named) run.spans.push({ text: part, classes })
      else runs.push({ spans: [{ text: part, classes }], named })
      at += part.length
      rest = rest.slice(part.length)
    }
  }
  highlightCode(coloured, tree, codeClasses, put, () => put('\n', ''))
  if (coloured.length < text.length) runs.push({ spans: [{ text: text.slice(coloured.length), classes: '' }] })
  return runs
}

/** One line of coloured text, with the end of the line when it has one. */
export interface Line {
  /** How many spaces it begins with. */
  indent: number
  runs: Run[]
}

/** Cuts coloured text into its lines. */
export function linesOf(runs: readonly Run[]): Line[] {
  const lines: Line[] = [{ indent: 0, runs: [] }]
  for (const { named, spans } of runs)
    for (const { text, classes } of spans)
      for (const part of text.split(/(?<=\n)/)) {
        const line = lines.at(-1)!
        const run = line.runs.at(-1)
        if (!run) line.indent = /^ */.exec(part)![0].length
        if (run && run.named === named) run.spans.push({ text: part, classes })
        else line.runs.push({ spans: [{ text: part, classes }], named })
        if (part.endsWith('\n')) lines.push({ indent: 0, runs: [] })
      }
  return lines
}
