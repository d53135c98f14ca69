import { Link } from '@tanstack/react-router'
import type { Names } from '../../layout/paths'
import { pathTo } from '../../layout/paths'
import { Trail } from '../../layout/Trail'

/** The way from the top to the collections of a database, and into one of them. */
export function CollectionsTrail({ names, collection }: { names: Names; collection?: string }) {
  return (
    <>
      <Trail names={names} />
      <Link to={pathTo(names, 'collections')}>Collections</Link>
      <span aria-hidden="true">/</span>
      {collection !== undefined && (
        <>
          <Link to={pathTo(names, 'collections', collection)}>{collection}</Link>
          <span aria-hidden="true">/</span>
        </>
      )}
    </>
  )
}
