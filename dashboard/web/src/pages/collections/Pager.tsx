import { Link, useNavigate } from '@tanstack/react-router'
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { searchOf, sizes, type Cursor, type Place } from './place'
import { countOf, type Page } from './texts'

/** How many documents there are, and the way to the others. Every page has a URL. */
export function Pager({ to, place, page, children }: { to: string; place: Place; page: Page; children?: ReactNode }) {
  const navigate = useNavigate()
  const step = (cursor: Cursor | undefined, label: string, icon: ReactNode) => <Step to={to} place={place} cursor={cursor} label={label} icon={icon} />
  const { cursor, size } = place
  const atStart = cursor.at === 'start' || page.before === undefined
  return (
    <footer className="pager">
      <span className="pager-count">
        {told(page)}
        {children}
      </span>
      <label className="pager-size">
        <span>Per page</span>
        <select value={size} onChange={(event) => void navigate({ to, search: searchOf({ ...place, size: Number(event.target.value) }) })}>
          {[...sizes].sort((a, b) => a - b).map((n) => (
            <option key={n}>{n}</option>
          ))}
        </select>
      </label>
      <nav className="pager-steps" aria-label="Pages">
        {step(atStart ? undefined : { at: 'start' }, 'First page', <ChevronFirst />)}
        {step(atStart ? undefined : { at: 'before', id: page.before! }, 'Previous page', <ChevronLeft />)}
        {step(page.after === undefined ? undefined : { at: 'after', id: page.after }, 'Next page', <ChevronRight />)}
        {step(page.after === undefined ? undefined : { at: 'end' }, 'Last page', <ChevronLast />)}
      </nav>
    </footer>
  )
}

function told({ documents, count }: Page): string {
  const all = `${countOf(count)} ${count === 1 ? 'document' : 'documents'}`
  return documents.length === count ? all : `${documents.length} of ${all}`
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
