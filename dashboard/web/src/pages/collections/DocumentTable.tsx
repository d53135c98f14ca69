import { Link } from '@tanstack/react-router'
import { pathTo, type Names } from '../../layout/paths'
import { get } from '../../value/access'
import { Cell } from '../../value/Cell'
import { refOf, type Value } from '../../value/parse'
import { toldMicros } from '../../value/when'
import type { Column } from './columns'
import { useRows } from './rows'
import { numberOf } from './texts'

interface Props {
  names: Names
  collection: string
  documents: Value[]
  columns: Column[]
}

/** Documents as rows; their fields are the columns. */
export function DocumentTable({ names, collection, documents, columns }: Props) {
  const rows = useRows()
  return (
    <table className="rows">
      <caption className="visually-hidden">Documents of {collection}. Arrow keys move between rows, Enter opens one.</caption>
      <thead>
        <tr>
          <th scope="col" className="rows-pinned">
            id
          </th>
          <th scope="col">ts</th>
          {columns.map((column) => (
            <Head key={column.path.join('.')} column={column} />
          ))}
          <th className="rows-rest" aria-hidden="true" />
        </tr>
      </thead>
      <tbody {...rows}>
        {documents.map((document, i) => {
          const id = refOf(document)?.id ?? ''
          return <Row key={id} names={names} to={pathTo(names, 'collections', collection, id)} id={id} document={document} columns={columns} first={i === 0} />
        })}
      </tbody>
    </table>
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
  first: boolean
}

function Row({ names, to, id, document, columns, first }: RowProps) {
  const ts = numberOf(get(document, 'ts'))
  return (
    <tr>
      <th scope="row" className="rows-pinned">
        <Link className="rows-opener" data-opener="" to={to} tabIndex={first ? 0 : -1} preload={false} title={id}>
          {id}
        </Link>
      </th>
      <td className="rows-time">{ts !== undefined && <When micros={ts} />}</td>
      {columns.map((column) => (
        <td key={column.path.join('.')} className={column.figures ? 'rows-figures' : undefined}>
          <div className="rows-cell">
            <Cell value={get(document, ...column.path)} names={names} decimals={column.decimals} />
          </div>
        </td>
      ))}
      <td className="rows-rest" />
    </tr>
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
