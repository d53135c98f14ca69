/** Puts a text on the clipboard. Pages that came over plain HTTP from another
 *  machine have no clipboard API; there the old command does it. */
export async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'visually-hidden'
  // A dialog keeps the focus inside, so the field stands beside the button.
  const beside = document.activeElement?.parentElement ?? document.body
  beside.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  if (!copied) throw new Error('The browser does not allow copying here.')
}
