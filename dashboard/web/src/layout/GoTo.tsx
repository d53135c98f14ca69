import { Search } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Button } from '../design/Button'

const Palette = lazy(() => import('./Palette').then(({ Palette }) => ({ default: Palette })))

/** Opens the command palette, by Ctrl-K too. */
export function GoTo() {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      event.stopPropagation()
      setOpen((now) => !now)
    }
    // Before the editor, which has a use of its own for it.
    window.addEventListener('keydown', press, true)
    return () => window.removeEventListener('keydown', press, true)
  }, [])
  return (
    <>
      <Button kind="quiet" className="sidebar-search" icon={<Search />} onClick={() => setOpen(true)} aria-keyshortcuts="Control+K Meta+K">
        <span className="sidebar-search-label">Go to</span> <kbd className="sidebar-search-key">Ctrl K</kbd>
      </Button>
      {open && (
        <Suspense>
          <Palette onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
