import { Link } from '@tanstack/react-router'
import { type ComponentType, type ReactElement, type ReactNode, memo, useEffect, useMemo, useRef, useState } from 'react'
import './Highlighted.css'
import { type Piece, type Run, colour, countLines, linesOf, piecesOf } from './pieces'
import type { LinkKind } from './refs'

/** Gives the URL, below /ui, of what a text names, or nothing. Of a document `name`
 *  is its collection's. */
export type LinkFor = (kind: LinkKind, name: string, id?: string) => string | undefined

/** The properties of a coloured text. */
export interface HighlightedProps {
  text: string
  /** Makes refs links. */
  linkFor?: LinkFor
  /** What the text is. Both have the same colours; JSON has no refs to link. */
  language?: 'fql' | 'json'
  /** How many lines are shown at first. */
  lines?: number
  /** What links are made of, the router's by default. */
  anchor?: ComponentType<{ to: string; className: string; children: ReactNode }>
}

/** Above this many characters the beginning is shown first, however few its lines. */
const firstLength = 20_000

function PageLink({ to, className, children }: { to: string; className: string; children: ReactNode }) {
  return (
    <Link to={to} className={className} preload={false}>
      {children}
    </Link>
  )
}

/** Text of a result or query in colours, which can be selected but not edited. A long
 *  one shows its beginning and a button for the rest. */
export function Highlighted({ text, linkFor, language = 'fql', lines = 200, anchor = PageLink }: HighlightedProps): ReactElement {
  // The text that was opened: another text begins folded again.
  const [opened, open] = useState<string | null>(null)
  const all = opened === text
  const beginning = useMemo(() => beginningOf(text, lines), [text, lines])
  const pieces = useMemo(() => piecesOf(all ? text : beginning), [all, text, beginning])
  const folded = beginning.length < text.length && !all
  return (
    <div className="highlighted">
      <pre className="highlighted-text">
        {pieces.map((piece, i) => (
          <Part key={i} piece={piece} first={i === 0} last={i === pieces.length - 1} linkFor={language === 'json' ? undefined : linkFor} anchor={anchor} />
        ))}
      </pre>
      {folded && (
        <button type="button" className="highlighted-more" onClick={() => open(text)}>
          {moreLabel(text)}
        </button>
      )}
    </div>
  )
}

/** The first lines of a text, all when cutting would save little. */
export function beginningOf(text: string, lines: number): string {
  let at = -1
  let after = -1
  for (let n = 0; n < lines + 20; n++) {
    if (n === lines) after = at
    at = text.indexOf('\n', at + 1)
    if (at < 0) break
  }
  const end = at < 0 || after < 0 ? text.length : after
  if (end <= firstLength) return text.slice(0, end)
  const line = text.lastIndexOf('\n', firstLength)
  return text.slice(0, line > 0 ? line : firstLength)
}

function moreLabel(text: string): string {
  const lines = countLines(text)
  if (lines > 1) return `Show all ${lines.toLocaleString('en')} lines`
  return `Show all ${text.length.toLocaleString('en')} characters`
}

interface PartProps {
  piece: Piece
  first: boolean
  last: boolean
  linkFor: LinkFor | undefined
  anchor: NonNullable<HighlightedProps['anchor']>
}

/** A piece, in colours once it has come near the window. */
const Part = memo(function Part({ piece, first, last, linkFor, anchor }: PartProps) {
  const place = useRef<HTMLSpanElement>(null)
  const [near, setNear] = useState(first)
  useEffect(() => {
    if (near || !place.current) return
    const watch = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && setNear(true), { rootMargin: '1000px' })
    watch.observe(place.current)
    return () => watch.disconnect()
  }, [near])
  const text = last ? piece.text : piece.text + '\n'
  const content = useMemo(() => (near ? linesIn(text, linkFor, anchor) : text), [near, text, linkFor, anchor])
  return (
    <span ref={place} {...(first && last ? {} : { className: 'highlighted-part', style: { containIntrinsicBlockSize: `auto ${piece.lines}lh` } })}>
      {content}
    </span>
  )
})

/** The lines of a text. What does not fit is wrapped a little deeper than the line. */
function linesIn(text: string, linkFor: LinkFor | undefined, anchor: PartProps['anchor']): ReactNode[] {
  return linesOf(colour(text))
    .filter((line) => line.runs.length > 0)
    .map((line, i) => {
      const depth = `${Math.min(line.indent, deepest) + 2}ch`
      return (
        <span key={i} className="highlighted-line" style={{ paddingInlineStart: depth, textIndent: `-${depth}` }}>
          {line.runs.map((run, k) => (
            <RunText key={k} run={run} linkFor={linkFor} anchor={anchor} />
          ))}
        </span>
      )
    })
}

/** More indentation than this would leave nothing of a narrow window. */
const deepest = 24

function RunText({ run, linkFor, anchor: Anchor }: { run: Run; linkFor: LinkFor | undefined; anchor: PartProps['anchor'] }) {
  const spans = run.spans.map((span, k) =>
    span.classes === '' ? (
      span.text
    ) : (
      <span key={k} className={span.classes}>
        {span.text}
      </span>
    ),
  )
  const to = run.named && linkFor?.(run.named.kind, run.named.name, run.named.id)
  return to === undefined ? (
    spans
  ) : (
    <Anchor to={to} className="highlighted-link">
      {spans}
    </Anchor>
  )
}
