import { Link } from '@tanstack/react-router'
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { searchOf, type Cursor, type Place } from './place'
import { countOf } from './texts'

interface Props {
  to: string
  place: Place
  /** How many documents are in the list, and of how many, at most counted + 1. */
  shown: number
  count: number
  /** The ids around those that are in the list. */
  before: string | undefined
  after: string | undefined
  children?: ReactNode
}

/** How many documents there are, and the way to the others. Each has a URL. */
export function Pager({ to, place, shown, count, before, after, children }: Props) {
  const step = (cursor: Cursor | undefined, label: string, icon: ReactNode) => <Step to={to} place={place} cursor={cursor} label={label} icon={icon} />
  const atStart = place.cursor.at === 'start' || before === undefined
  return (
    <footer className="pager">
      <span className="pager-count">
        {told(shown, count, after !== undefined)}
        {children}
      </span>
      <nav className="pager-steps" aria-label="Pages">
        {step(atStart ? undefined : { at: 'start' }, 'First page', <ChevronFirst />)}
        {step(atStart ? undefined : { at: 'before', id: before }, 'Previous page', <ChevronLeft />)}
        {step(after === undefined ? undefined : { at: 'after', id: after }, 'Next page', <ChevronRight />)}
        {step(after === undefined ? undefined : { at: 'end' }, 'Last page', <ChevronLast />)}
      </nav>
    </footer>
  )
}

/** 6 documents, 100 of 1,000+ documents; after them there may be more than were counted. */
export function told(shown: number, count: number, more: boolean): string {
  if (shown >= count) return `${shown.toLocaleString('en')}${more ? '+' : ''} ${shown === 1 ? 'document' : 'documents'}`
  return `${shown.toLocaleString('en')} of ${countOf(count)} ${count === 1 ? 'document' : 'documents'}`
}

function Step({ to, place, cursor, label, icon }: { to: string; place: Place; cursor: Cursor | undefined; label: string; icon: ReactNode }) {
  if (!cursor)
    return (
      <span className="button button-plain button-icon pager-none" role="link" aria-disabled="true" aria-label={label}>
        {icon}
      </span>
    )
  return (
    <Link className="button button-plain button-icon" to={to} search={searchOf({ ...place, cursor })} aria-label={label} title={label} preload={false}>
      {icon}
    </Link>
  )
}
