import { useEffect, type ReactNode } from 'react'
import './page.css'

interface Head {
  /** The way from the top, as links. */
  trail?: ReactNode
  title: ReactNode
  /** What the window is called: the title and what it belongs to, innermost first. */
  window: readonly string[]
  note?: ReactNode
  children?: ReactNode
}

/** The head of a page: where one is, what it is, what can be done. */
export function PageHeader({ trail, title, window, note, children }: Head) {
  const name = [...window, 'Seriatim'].join(' · ')
  useEffect(() => {
    document.title = name
  }, [name])
  return (
    <header className="page-header">
      <div className="page-header-words">
        {trail && <nav aria-label="Breadcrumb" className="page-trail">{trail}</nav>}
        <h1>
          {title}
          {note && <span className="page-note">{note}</span>}
        </h1>
      </div>
      {children && <div className="page-actions">{children}</div>}
    </header>
  )
}

/** What a page shows when there is nothing: what that means and the next step. */
export function EmptyState({ icon, title, children, action }: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      {icon && <div className="empty-icon">{icon}</div>}
      <h2>{title}</h2>
      {children && <div className="empty-text">{children}</div>}
      {action && <div className="empty-action">{action}</div>}
    </div>
  )
}

/** An error where the content would be, with a way to try again. */
export function Notice({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="notice" role="alert">
      <h2>{title}</h2>
      {children && <div className="notice-text">{children}</div>}
      {action && <div className="notice-action">{action}</div>}
    </div>
  )
}
