import { Link } from '@tanstack/react-router'
import { useCallback } from 'react'
import { Rows } from '../../design/Rows'
import { pathTo, type Names } from '../../layout/paths'
import { get } from '../../value/access'
import { Cell } from '../../value/Cell'
import { refOf, type Value } from '../../value/parse'
import { toldMicros } from '../../value/when'
import type { Column } from './columns'
import { numberOf } from './texts'

interface Props {
  names: Names
  collection: string
  documents: Value[]
  /** How many there are in all, -1 for nobody knows. */
  total: number
  columns: Column[]
  onEnd?: (() => void) | undefined
}

/** Documents as rows; their fields are the columns. */
export function DocumentTable({ names, collection, documents, total, columns, onEnd }: Props) {
  const keyOf = useCallback((index: number) => refOf(documents[index])?.id ?? String(index), [documents])
  return (
    <Rows
      label={`Documents of ${collection}. Arrow keys move between rows, Enter opens one.`}
      head={<Heads columns={columns} />}
      columns={columns.length + 3}
      count={documents.length}
      total={total}
      keyOf={keyOf}
      row={(index, tabIndex) => <Row names={names} to={pathTo(names, 'collections', collection, keyOf(index))} id={keyOf(index)} document={documents[index]!} columns={columns} tabIndex={tabIndex} />}
      steady
      {...(onEnd ? { onEnd } : {})}
    />
  )
}

function Heads({ columns }: { columns: Column[] }) {
  return (
    <>
      <th scope="col" className="rows-pinned">
        id
      </th>
      <th scope="col">ts</th>
      {columns.map((column) => (
        <Head key={column.path.join('.')} column={column} />
      ))}
      <th className="rows-rest" aria-hidden="true" />
    </>
  )
}

function Head({ column }: { column: Column }) {
  const outside = column.path.length === 1
  return (
    <th scope="col" className={column.figures ? 'rows-figures' : undefined} title={outside ? `${column.name}, beside the data` : column.name}>
      <span className="rows-name">{column.name === '' ? '""' : column.name}</span>
      {outside && <span className="rows-outside">beside data</span>}
    </th>
  )
}

interface RowProps {
  names: Names
  to: string
  id: string
  document: Value
  columns: Column[]
  tabIndex: 0 | -1
}

function Row({ names, to, id, document, columns, tabIndex }: RowProps) {
  return (
    <>
      <th scope="row" className="rows-pinned">
        <Link className="rows-opener" data-opener="" to={to} tabIndex={tabIndex} preload={false} title={id}>
          {id}
        </Link>
      </th>
      <td className="rows-time">
        <Written of={document} />
      </td>
      {columns.map((column) => (
        <td key={column.path.join('.')} className={column.figures ? 'rows-figures' : undefined}>
          <div className="rows-cell">
            <Cell value={get(document, ...column.path)} names={names} decimals={column.decimals} />
          </div>
        </td>
      ))}
      <td className="rows-rest" />
    </>
  )
}

/** An instant in local time, exact where the pointer rests. */
export function When({ micros }: { micros: number }) {
  const { local, exact } = toldMicros(micros)
  return (
    <time dateTime={exact} title={`${exact} (ts ${micros})`}>
      {local}
    </time>
  )
}

/** When a document or definition was written last. */
export function Written({ of }: { of: Value }) {
  const ts = numberOf(get(of, 'ts'))
  return ts !== undefined && <When micros={ts} />
}
