import { Link } from '@tanstack/react-router'
import { useCallback } from 'react'
import { Listed } from '../../design/Listed'
import type { Database } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { fieldsOf, get } from '../../value/access'
import { refOf, type Value } from '../../value/parse'
import { Obj } from '../../value/types'
import { ValueTree, type Origin } from '../../value/Value'
import { When } from './DocumentTable'
import { documentRef, documentText, numberOf } from './texts'

interface Props {
  place: Database
  collection: string
  documents: Value[]
  onEnd?: (() => void) | undefined
}

/** Documents one below the other, each with all its fields. */
export function DocumentList({ place, collection, documents, onEnd }: Props) {
  const keyOf = useCallback((index: number) => refOf(documents[index])?.id ?? String(index), [documents])
  return (
    <Listed
      label={`Documents of ${collection}`}
      className="document-list"
      count={documents.length}
      keyOf={keyOf}
      height={180}
      entry={(index) => <Document place={place} collection={collection} document={documents[index]!} id={keyOf(index)} />}
      {...(onEnd ? { onEnd } : {})}
    />
  )
}

function Document({ place, collection, document, id }: { place: Database; collection: string; document: Value; id: string }) {
  const ts = numberOf(get(document, 'ts'))
  const text = documentText(documentRef(collection, id), ts)
  return (
    <div className="document-list-item">
      <div className="document-list-head">
        <Link to={pathTo(place.names, 'collections', collection, id)} preload={false}>
          {id}
        </Link>
        {ts !== undefined && <When micros={ts} />}
      </div>
      <Fields document={document} id={id} origin={{ database: place.path, text }} />
    </div>
  )
}

/** What the document holds beside what stands above it. */
function Fields({ document, id, origin }: { document: Value; id: string; origin: Origin }) {
  const rest = fieldsOf(document).filter(([name]) => name !== 'ref' && name !== 'ts')
  if (rest.length === 0) return <p className="document-list-none">no data</p>
  return <ValueTree value={new Obj(new Map(rest))} origin={origin} open={2} label={`Document ${id}`} />
}
