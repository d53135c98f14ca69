import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react'
import { drawn, placed, stepTo } from './windowed'
import './rows.css'

interface Props {
  /** What the table is of. */
  label: string
  /** rows-wide, rows-still. */
  className?: string
  /** The cells of the head. */
  head: ReactNode
  /** How many columns there are. */
  columns: number
  count: number
  /** How many rows there are in all, -1 for nobody knows; count, if missing. */
  total?: number
  keyOf: (index: number) => string
  /** The cells of a row. Its opener, a link with data-opener, gets the tab index. */
  row: (index: number, tabIndex: 0 | -1) => ReactNode
  /** Called with the rows that are drawn. */
  onShown?: (first: number, last: number) => void
  /** Called when the last rows are near. */
  onEnd?: () => void
  /** Whether columns never become narrower: what they hold comes and goes. */
  steady?: boolean
}

/** As the style sheet has them. */
const [headHeight, rowHeight] = [35, 34]
const opener = '[data-opener]'

/** A table of any length: the rows in sight are drawn, and the one that has the focus. Arrow
 *  keys move between rows and inside them; Enter or a click opens the row's opener. */
export function Rows({ label, className = '', head, columns, count, total = count, keyOf, row, onShown, onEnd, steady = false }: Props) {
  const scroll = useRef<HTMLDivElement>(null)
  const headRow = useRef<HTMLTableRowElement>(null)
  const [active, setActive] = useState(0)
  const wanted = useRef<number>(undefined)
  const focused = Math.min(active, count - 1)
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey: keyOf,
    overscan: 8,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    rangeExtractor: useCallback(({ startIndex, endIndex, overscan }) => drawn(startIndex, endIndex, overscan, count, focused), [count, focused]),
  })
  const items = rows.getVirtualItems()
  const { rows: shown, rest } = placed(items, headHeight, headHeight + rows.getTotalSize())
  const { startIndex: first, endIndex: last } = rows.range ?? { startIndex: 0, endIndex: -1 }

  useEffect(() => {
    if (last >= first) onShown?.(first, last)
    if (count > 0 && last >= count - 20) onEnd?.()
  }, [first, last, count, onShown, onEnd])

  // A row that a key leads to is drawn first and then gets the focus.
  useEffect(() => {
    if (wanted.current === undefined) return
    const link = scroll.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"] ${opener}`)
    if (!link) return
    wanted.current = undefined
    link.focus({ preventScroll: true })
  })

  useLayoutEffect(() => {
    if (!steady) return
    for (const cell of headRow.current?.querySelectorAll<HTMLElement>('th:not(.rows-rest)') ?? []) {
      const width = Math.ceil(cell.getBoundingClientRect().width)
      if (width > Number.parseInt(cell.style.minWidth || '0', 10)) cell.style.minWidth = `${width}px`
    }
  })

  const press = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    const line = (event.target as Element).closest('tr')
    if (!line || event.altKey || event.ctrlKey || event.metaKey) return
    const { key } = event
    if (key === 'ArrowLeft' || key === 'ArrowRight') {
      const link = besides(line, key === 'ArrowRight')
      if (!link) return
      event.preventDefault()
      link.focus()
      if (!link.matches(opener)) link.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      return
    }
    const to = stepTo(key, Number(line.dataset['index']), count, Math.max(1, last - first))
    if (to === undefined) return
    event.preventDefault()
    wanted.current = to
    setActive(to)
    rows.scrollToIndex(to)
  }
  return (
    <div className="rows-scroll" ref={scroll}>
      <table className={`rows ${className}`} aria-rowcount={total < 0 ? -1 : total + 1}>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr ref={headRow} aria-rowindex={1}>
            {head}
          </tr>
        </thead>
        <tbody onKeyDown={press} onClick={follow} onFocus={(event) => setActive(Number((event.target as Element).closest('tr')?.dataset['index'] ?? 0))}>
          {shown.flatMap(({ index, room }) => [
            room > 0 && <Room key={`above ${index}`} columns={columns} height={room} />,
            <tr key={keyOf(index)} ref={rows.measureElement} data-index={index} aria-rowindex={index + 2}>
              {row(index, index === Math.max(0, focused) ? 0 : -1)}
            </tr>,
          ])}
          {rest > 0 && <Room columns={columns} height={rest} />}
        </tbody>
      </table>
    </div>
  )
}

function Room({ columns, height }: { columns: number; height: number }) {
  return (
    <tr className="rows-room" aria-hidden="true">
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
}

/** A click anywhere in a row is one on its opener. */
function follow(event: MouseEvent<HTMLTableSectionElement>) {
  const target = event.target as Element
  if (event.button !== 0 || target.closest('a, button') || String(getSelection()) !== '') return
  const link = target.closest('tr')?.querySelector<HTMLAnchorElement>(`a${opener}`)
  if (!link) return
  if (event.ctrlKey || event.metaKey || event.shiftKey) window.open(link.href, '_blank', 'noopener')
  else link.click()
}

/** The link or button before or after the one that has the focus. */
function besides(line: Element, after: boolean): HTMLElement | undefined {
  const all = [...line.querySelectorAll<HTMLElement>('a, button')]
  return all[all.indexOf(document.activeElement as HTMLElement) + (after ? 1 : -1)]
}
