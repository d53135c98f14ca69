import { Outlet } from '@tanstack/react-router'
import './frame.css'
import { Sidebar } from './Sidebar'

/** What surrounds every page of somebody who is signed in. */
export function Frame() {
  return (
    <div className="frame">
      <a className="frame-skip" href="#content">
        Skip to the content
      </a>
      <Sidebar />
      <main id="content" className="frame-content" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}
