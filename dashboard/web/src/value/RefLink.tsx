import { Link } from '@tanstack/react-router'
import { useDatabase } from '../layout/database'
import { linkOf } from './links'
import { refText } from './text'
import type { Ref } from './types'
import './value.css'

/** A reference as a link in a few words; the title is as the language writes it. */
export function RefLink({ value, tabIndex }: { value: Ref; tabIndex?: number }) {
  const { names } = useDatabase()
  const { to, search, label } = linkOf(names, value)
  return (
    <Link className="value-ref" to={to} {...(search ? { search } : {})} title={refText(value)} tabIndex={tabIndex} preload={false}>
      {label}
    </Link>
  )
}
