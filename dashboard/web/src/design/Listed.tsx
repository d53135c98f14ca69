import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type ReactNode } from 'react'
import { placed } from './windowed'
import './listed.css'

interface Props {
  label: string
  count: number
  keyOf: (index: number) => string
  /** What an entry holds. */
  entry: (index: number) => ReactNode
  /** About how tall an entry is, in pixels. */
  height: number
  className?: string
  /** How deep an entry stands, from 1, where they are those of a tree. */
  level?: (index: number) => number
  /** Called when the last entries are near. */
  onEnd?: () => void
}

/** A list of any length with entries of any height: those in sight are drawn. */
export function Listed({ label, count, keyOf, entry, height, className = '', level, onEnd }: Props) {
  const scroll = useRef<HTMLDivElement>(null)
  const list = useVirtualizer({ count, getScrollElement: () => scroll.current, estimateSize: () => height, getItemKey: keyOf, overscan: 4 })
  const { rows, rest } = placed(list.getVirtualItems(), 0, list.getTotalSize())
  const last = list.range?.endIndex ?? -1
  useEffect(() => {
    if (count > 0 && last >= count - 10) onEnd?.()
  }, [last, count, onEnd])
  return (
    <div className={`listed ${className}`} ref={scroll} tabIndex={0} role="group" aria-label={label}>
      <ul>
        {rows.map(({ index, room }) => (
          <li key={keyOf(index)} ref={list.measureElement} data-index={index} aria-setsize={count} aria-posinset={index + 1} aria-level={level?.(index)} style={{ marginTop: room }}>
            {entry(index)}
          </li>
        ))}
      </ul>
      <div style={{ height: rest }} />
    </div>
  )
}
