import { Link } from '@tanstack/react-router'
import { pathTo, type Names, type Page } from '../../layout/paths'
import { Trail } from '../../layout/Trail'

const titles = { unis: 'Unis', graphql: 'GraphQL', ledger: 'Ledger' }

/** The way from the top to a page of unis, and into one. */
export function UnisTrail({ names, page, uni }: { names: Names; page: Page & keyof typeof titles; uni?: string }) {
  return (
    <>
      <Trail names={names} />
      <Link to={pathTo(names, page)}>{titles[page]}</Link>
      <span aria-hidden="true">/</span>
      {uni !== undefined && (
        <>
          <Link to={pathTo(names, page, uni)} activeOptions={{ exact: true }}>
            {uni}
          </Link>
          <span aria-hidden="true">/</span>
        </>
      )}
    </>
  )
}
