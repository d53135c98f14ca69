import type { Names } from '../layout/paths'
import { isArray } from './access'
import { decimalsOf, sizeOf } from './figures'
import { RefLink } from './RefLink'
import { lineOf } from './text'
import { Bytes, DateValue, Num, Obj, Query, Ref, SetValue, Time, Uuid, type Value } from './types'
import { toldText } from './when'
import './value.css'

/** A value in a cell of a table: one line, cut by the cell. It stands in the database
 *  of those names. `decimals` is how many digits numbers of its column have after the
 *  point, so that the points align. */
export function Cell({ value, names, decimals = 0 }: { value: Value | undefined; names: Names; decimals?: number }) {
  if (value === undefined) return <span className="visually-hidden">no value</span>
  if (typeof value === 'string') return value === '' ? <span className="cell-quiet">""</span> : <span className="cell-text">{lineOf(value, 240)}</span>
  if (value instanceof Num) return <Figure text={value.text} decimals={decimals} />
  if (value instanceof Ref) return <RefLink value={value} names={names} tabIndex={-1} />
  if (value instanceof Time) {
    const { local, exact } = toldText(value.text)
    return <time dateTime={exact} title={`Time("${exact}")`}>{local}</time>
  }
  if (value instanceof DateValue) return <time dateTime={value.text} title={`Date("${value.text}")`}>{value.text}</time>
  if (value instanceof Bytes) return <span className="cell-quiet">{sizeOf(value)}</span>
  return <span className={quiet(value) ? 'cell-code cell-quiet' : 'cell-code'}>{lineOf(value)}</span>
}

const quiet = (value: Value) =>
  value === null || value instanceof Query || value instanceof SetValue || value instanceof Uuid || (isArray(value) ? value.length === 0 : value instanceof Obj && value.fields.size === 0)

function Figure({ text, decimals }: { text: string; decimals: number }) {
  const missing = decimals - decimalsOf(text)
  return (
    <span className="cell-figure">
      {text}
      {decimals > 0 && missing > 0 && (
        <span className="cell-figure-rest" aria-hidden="true">
          {missing === decimals ? '.' : ''}
          {'0'.repeat(missing)}
        </span>
      )}
    </span>
  )
}
