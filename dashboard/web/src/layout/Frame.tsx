import { Outlet } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import './frame.css'
import { Sidebar } from './Sidebar'

/** What surrounds every page of somebody who is signed in. */
export function Frame() {
  const content = useRef<HTMLElement>(null)
  // After signing in the focus would be nowhere.
  useEffect(() => {
    if (document.activeElement === document.body) content.current?.focus()
  }, [])
  return (
    <div className="frame">
      <a className="frame-skip" href="#content">
        Skip to the content
      </a>
      <Sidebar />
      <main ref={content} id="content" className="frame-content" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}
