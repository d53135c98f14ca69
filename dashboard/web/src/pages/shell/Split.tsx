import { recall, remember } from '../../storage'
import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'

const least = 0.15
const step = 0.05

/** Two parts, one above the other, with a border that can be moved by pointer and
 *  by arrow keys. Where it stands is kept under its name. */
export function Split({ name, above, below }: { name: string; above: ReactNode; below: ReactNode }) {
  const key = `seriatim.split/${name}`
  const box = useRef<HTMLDivElement>(null)
  const [share, setShare] = useState(() => within(Number(recall(key) ?? 0.42)))
  const set = (next: number) => {
    setShare(within(next))
    remember(key, String(within(next)))
  }
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || !box.current) return
    const { top, height } = box.current.getBoundingClientRect()
    set((event.clientY - top) / height)
  }
  const press = (event: KeyboardEvent) => {
    const by = { ArrowUp: -step, ArrowDown: step }[event.key]
    if (by === undefined) return
    event.preventDefault()
    set(share + by)
  }
  return (
    <div className="split" ref={box} style={{ gridTemplateRows: `minmax(96px, ${share}fr) 9px minmax(96px, ${1 - share}fr)` }}>
      {above}
      <div
        className="split-border"
        role="separator"
        aria-orientation="horizontal"
        aria-label="Height of the editor"
        aria-valuenow={Math.round(share * 100)}
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onKeyDown={press}
      />
      {below}
    </div>
  )
}

const within = (share: number) => (Number.isFinite(share) ? Math.min(1 - least, Math.max(least, share)) : 0.42)
