import { Link } from '@tanstack/react-router'
import { useDatabase } from '../layout/database'
import { linkOf } from './links'
import { refText } from './text'
import type { Ref } from './types'
import './value.css'

/** A reference as a link, in a few words or as the language writes it. */
export function RefLink({ value, full = false, tabIndex }: { value: Ref; full?: boolean; tabIndex?: number }) {
  const { names } = useDatabase()
  const { to, search, label } = linkOf(names, value)
  const text = refText(value)
  return (
    <Link className="value-ref" to={to} {...(search ? { search } : {})} title={text} tabIndex={tabIndex} preload={false}>
      {full ? text : label}
    </Link>
  )
}
