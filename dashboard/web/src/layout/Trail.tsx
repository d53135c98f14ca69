import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { topLabel } from './database'
import { pathTo, type Names } from './paths'

/** The databases from the top to the one of names, each a link. */
export function Trail({ names }: { names: Names }) {
  const steps = names.map((name, i) => ({ label: name, to: pathTo(names.slice(0, i + 1)) }))
  return [{ label: topLabel, to: '/' }, ...steps].map(({ label, to }) => (
    <Fragment key={to}>
      <Link to={to} activeOptions={{ exact: true }}>
        {label}
      </Link>
      <span aria-hidden="true">/</span>
    </Fragment>
  ))
}
