import { useCallback, useState } from 'react'

/** The text of a pane's editor, kept in this browser so that a reload loses
 *  nothing. first stands in for what was kept. */
export function useDraft(database: string, pane: number, first?: string): [string, (text: string) => void] {
  const key = `seriatim.draft/${pane}/${database}`
  const [held, setHeld] = useState({ key, text: first ?? localStorage.getItem(key) ?? '' })
  // Another database has another draft.
  const text = held.key === key ? held.text : (localStorage.getItem(key) ?? '')
  const set = useCallback(
    (next: string) => {
      setHeld({ key, text: next })
      try {
        localStorage.setItem(key, next)
      } catch {
        // A full storage must not keep anybody from typing.
      }
    },
    [key],
  )
  return [text, set]
}
