import { useVirtualizer } from '@tanstack/react-virtual'
import { X } from 'lucide-react'
import { useId, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { Button } from '../../design/Button'
import { CopyButton } from '../../design/CopyButton'
import { copyText } from '../../design/clipboard'
import { useDatabase } from '../../layout/database'
import type { Names } from '../../layout/paths'
import { Cell } from '../../value/Cell'
import { Num, type Value } from '../../value/types'
import { ValueTree } from '../../value/Value'
import { toldMicros } from '../../value/when'
import { landed, type Spot } from './grid'
import { cellText, isDocument, valueAt, type Column, type Table } from './table'
import './result-table.css'

const rowHeight = 32
/** What a page of the keyboard is, in rows. */
const pageful = 15
/** How many columns are drawn unless somebody wants all. */
const columnsAtFirst = 40

/** A result in rows and columns. The arrow keys walk through its cells, Enter shows all of
 *  a value or follows a reference, Ctrl-C copies. Only the rows in sight are drawn. */
export function ResultTable({ table, label }: { table: Table; label: string }) {
  const { names } = useDatabase()
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const grid = useRef<HTMLTableElement>(null)
  const [all, setAll] = useState(false)
  const [at, setAt] = useState<Spot>()
  const [opened, setOpened] = useState<Spot>()
  const columns = all ? table.columns : table.columns.slice(0, columnsAtFirst)
  const hidden = table.columns.length - columns.length
  const rows = useVirtualizer({ count: table.rows.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 12, scrollPaddingStart: rowHeight })
  const drawn = rows.getVirtualItems()
  const idOf = ({ row, column }: Spot) => `${id}-${row}-${column}`
  const cellIn = (spot: Spot) => document.getElementById(idOf(spot))

  const walk = (spot: Spot) => {
    setAt(spot)
    rows.scrollToIndex(spot.row)
    // The row may not be drawn yet; how far aside a column is, any row tells.
    const cell = grid.current?.tHead?.rows[0]?.cells[spot.column + 1]
    if (cell && box.current) aside(box.current, cell)
  }
  const press = (event: KeyboardEvent) => {
    if (event.target !== grid.current) return
    const here = at ?? { row: 0, column: 0 }
    if ((event.ctrlKey || event.metaKey) && event.key === 'c' && at && String(getSelection()) === '') {
      void copyText(cellText(valueAt(table.rows[at.row]!, columns[at.column]!.path)))
      return event.preventDefault()
    }
    if (event.key === 'Escape' && opened) {
      setOpened(undefined)
      return event.stopPropagation()
    }
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      const link = cellIn(here)?.querySelector('a')
      if (link && event.key === 'Enter') link.click()
      else setOpened(here)
      return
    }
    const next = landed(at, event, { rows: table.rows.length, columns: columns.length, page: pageful })
    if (!next) return
    event.preventDefault()
    walk(next)
  }
  const point = (event: MouseEvent) => {
    const cell = (event.target as Element).closest('td')
    const row = cell?.parentElement as HTMLTableRowElement | undefined
    if (!cell || !row?.dataset.row || (event.target as Element).closest('a')) return
    const spot = { row: Number(row.dataset.row), column: cell.cellIndex - 1 }
    setAt(spot)
    if (event.detail === 2) setOpened(spot)
  }
  return (
    <div className="grid">
      <div className="grid-box" ref={box}>
        <table
          ref={grid}
          className="grid-table"
          role="grid"
          tabIndex={0}
          aria-label={`${label}. Arrow keys move between cells, Enter shows all of a value.`}
          aria-rowcount={table.rows.length + 1}
          aria-colcount={table.columns.length + 1}
          aria-activedescendant={at && idOf(at)}
          style={{ width: `${columns.reduce((sum, c) => sum + widthOf(c), 7 * String(table.rows.length).length + 25)}px` }}
          onKeyDown={press}
          onFocus={() => setAt((now) => now ?? { row: 0, column: 0 })}
          onClick={point}
        >
          <colgroup>
            <col style={{ width: `${7 * String(table.rows.length).length + 25}px` }} />
            {columns.map((column, i) => (
              <col key={i} style={{ width: `${widthOf(column)}px` }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col" className="grid-number">
                <span className="visually-hidden">row</span>
              </th>
              {columns.map((column, i) => (
                <th key={i} scope="col" className={column.figures ? 'grid-figures' : undefined} title={column.outside && column.path[0] !== 'ref' ? `${column.name}, beside the data` : column.name}>
                  {column.name === '' ? '""' : <bdi>{column.name}</bdi>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Gap height={drawn[0]?.start ?? 0} />
            {drawn.map(({ index }) => {
              const row = table.rows[index]!
              return (
                <tr key={index} data-row={index} aria-rowindex={index + 2}>
                  <th scope="row" className="grid-number">
                    {index + 1}
                  </th>
                  {columns.map((column, i) => (
                    <td
                      key={i}
                      id={idOf({ row: index, column: i })}
                      className={`${column.figures ? 'grid-figures' : ''} ${at?.row === index && at.column === i ? 'grid-active' : ''}`}
                    >
                      <Content row={row} column={column} names={names} />
                    </td>
                  ))}
                </tr>
              )
            })}
            <Gap height={rows.getTotalSize() - (drawn.at(-1)?.end ?? 0)} />
          </tbody>
        </table>
      </div>
      {opened && (
        <Opened
          name={`Row ${opened.row + 1}, ${columns[opened.column]!.name}`}
          value={valueAt(table.rows[opened.row]!, columns[opened.column]!.path)}
          onClose={() => {
            setOpened(undefined)
            grid.current?.focus()
          }}
        />
      )}
      <p className="grid-note">
        {table.rows.length.toLocaleString('en')} {table.rows.length === 1 ? 'row' : 'rows'}
        {table.more && '; there is a page after this one'}
        {hidden > 0 && (
          <Button kind="quiet" onClick={() => setAll(true)}>
            Show all {table.columns.length.toLocaleString('en')} columns
          </Button>
        )}
      </p>
    </div>
  )
}

/** In pixels. Digits are wider than letters, and a number that is cut is another one. */
const widthOf = ({ width, name, figures }: Column) => Math.max(Math.ceil(width * (figures ? 8.4 : 7.4)), name === 'ts' ? 142 : 0) + 25

/** Brings a column into sight beside the numbers of the rows. */
function aside(box: HTMLElement, cell: HTMLTableCellElement) {
  const left = cell.offsetLeft - (cell.parentElement as HTMLTableRowElement).cells[0]!.offsetWidth
  const right = cell.offsetLeft + cell.offsetWidth - box.clientWidth
  if (left < box.scrollLeft) box.scrollLeft = left
  else if (right > box.scrollLeft) box.scrollLeft = Math.min(left, right)
}

/** The room of rows that are not drawn. */
function Gap({ height }: { height: number }) {
  if (height <= 0) return null
  return (
    <tr aria-hidden="true">
      <td className="grid-gap" style={{ height: `${height}px` }} />
    </tr>
  )
}

function Content({ row, column, names }: { row: Value; column: Column; names: Names }) {
  const value = valueAt(row, column.path)
  if (value instanceof Num && column.path[0] === 'ts' && isDocument(row)) {
    const { local, exact } = toldMicros(Number(value.text))
    return (
      <time dateTime={exact} title={`${exact} (ts ${value.text})`}>
        {local}
      </time>
    )
  }
  return <Cell value={value} names={names} decimals={column.decimals} />
}

/** All of a value that a cell only begins. */
function Opened({ name, value, onClose }: { name: string; value: Value | undefined; onClose: () => void }) {
  return (
    <section className="grid-opened" aria-label={name} onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <header className="grid-opened-head">
        <h3 aria-live="polite">{name}</h3>
        <CopyButton text={() => cellText(value)} label="Copy the value" />
        <Button kind="quiet" icon={<X />} aria-label="Close the value" onClick={onClose} />
      </header>
      {value === undefined ? <p className="grid-none">This row has no such field.</p> : <ValueTree value={value} label={name} />}
    </section>
  )
}
