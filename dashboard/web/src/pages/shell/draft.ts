import { useCallback, useState } from 'react'
import { recall, remember } from '../../storage'

/** The text of a pane's editor, kept in this browser until somebody signs out, so that a
 *  reload loses nothing. */
export function useDraft(database: string, pane: number): [string, (text: string) => void] {
  const key = `seriatim.draft/${pane}/${database}`
  const [held, setHeld] = useState({ key, text: recall(key) ?? '' })
  // Another database has another draft.
  const text = held.key === key ? held.text : (recall(key) ?? '')
  const set = useCallback(
    (next: string) => {
      setHeld({ key, text: next })
      remember(key, next)
    },
    [key],
  )
  return [text, set]
}
