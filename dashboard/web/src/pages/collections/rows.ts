import { useCallback, type KeyboardEvent, type MouseEvent } from 'react'

/** The link of a row that opens what the row is about. */
const opener = '[data-opener]'

/** A table whose rows are walked with the arrow keys and open with Enter or a
 *  click. Every row has a link with `data-opener`; the first is the tab stop.
 *  Left and right go to the other links of the row. */
export function useRows() {
  const onKeyDown = useCallback((event: KeyboardEvent<HTMLTableSectionElement>) => {
    const { key, currentTarget: body } = event
    const row = (event.target as Element).closest('tr')
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return
    const next = key === 'ArrowLeft' || key === 'ArrowRight' ? besides(row, key === 'ArrowRight') : aside(body, row, key)
    if (!next) return
    event.preventDefault()
    next.focus()
    next.closest('tr')?.scrollIntoView({ block: 'nearest' })
    if (!next.matches(opener)) next.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [])
  const onClick = useCallback((event: MouseEvent<HTMLTableSectionElement>) => {
    const target = event.target as Element
    if (event.button !== 0 || target.closest('a, button') || String(getSelection()) !== '') return
    const link = target.closest('tr')?.querySelector<HTMLElement>(opener)
    if (event.ctrlKey || event.metaKey || event.shiftKey) window.open((link as HTMLAnchorElement | null)?.href, '_blank', 'noopener')
    else link?.click()
  }, [])
  return { onKeyDown, onClick }
}

/** The opener of the row that the key leads to. */
function aside(body: Element, row: Element, key: string): HTMLElement | undefined {
  const all = [...body.querySelectorAll<HTMLElement>(opener)]
  const here = all.findIndex((link) => row.contains(link))
  const steps: Record<string, number> = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1, PageDown: Math.min(here + 10, all.length - 1), PageUp: Math.max(here - 10, 0) }
  const to = steps[key]
  return to === undefined ? undefined : all[to]
}

/** The link before or after the one that has the focus. */
function besides(row: Element, after: boolean): HTMLElement | undefined {
  const links = [...row.querySelectorAll<HTMLElement>('a')]
  return links[links.indexOf(document.activeElement as HTMLElement) + (after ? 1 : -1)]
}
