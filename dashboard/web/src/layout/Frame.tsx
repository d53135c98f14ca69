import { Outlet } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useOutdated } from '../api/build'
import { Button } from '../design/Button'
import './frame.css'
import { Sidebar } from './Sidebar'

/** What surrounds every page of somebody who is signed in. */
export function Frame() {
  const outdated = useOutdated()
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
        {outdated && (
          <div className="frame-outdated" role="status">
            <p>The server was upgraded. This page is still the one before: load it again, what you wrote in the shell is kept.</p>
            <Button onClick={() => location.reload()}>Reload</Button>
          </div>
        )}
        <Outlet />
      </main>
    </div>
  )
}
