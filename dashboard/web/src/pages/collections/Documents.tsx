import { useMemo, useState, type ReactNode } from 'react'
import { Button } from '../../design/Button'
import type { Database } from '../../layout/database'
import type { Value } from '../../value/parse'
import { columnsAtFirst, columnsOf } from './columns'
import { DocumentList } from './DocumentList'
import { DocumentTable } from './DocumentTable'

interface Props {
  database: Database
  collection: string
  documents: Value[]
  /** How many there are in all, -1 for nobody knows. */
  total: number
  list: boolean
  /** Whether what is shown is about to change. */
  moving: boolean
  /** Another one begins at the top again. */
  start: string
  /** Called when the last ones are near. */
  onEnd?: (() => void) | undefined
  /** What stands below; it gets what tells of fields that are not shown. */
  foot: (fields: ReactNode) => ReactNode
}

/** Documents as a table or a list, and what stands below. */
export function Documents({ database, collection, documents, total, list, moving, start, onEnd, foot }: Props) {
  const columns = useMemo(() => columnsOf(documents), [documents])
  const [all, setAll] = useState(false)
  const shown = useMemo(() => (all ? columns : columns.slice(0, columnsAtFirst)), [all, columns])
  const fields = !list && shown.length < columns.length && (
    <Button kind="quiet" className="pager-fields" onClick={() => setAll(true)}>
      {shown.length} of {columns.length} fields. Show all
    </Button>
  )
  return (
    <section className="panel collection-panel" aria-busy={moving} aria-label={`Documents of ${collection}`}>
      {list ? (
        <DocumentList key={start} place={database} collection={collection} documents={documents} onEnd={onEnd} />
      ) : (
        <DocumentTable key={start} names={database.names} collection={collection} documents={documents} total={total} columns={shown} onEnd={onEnd} />
      )}
      {foot(fields)}
    </section>
  )
}
