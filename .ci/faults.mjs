/** Faults that hold for any page, read in the page itself. */
export function inspectPage() {
  const found = []
  if (document.documentElement.scrollWidth > window.innerWidth) found.push(`it is ${document.documentElement.scrollWidth} pixels wide`)
  const nameless = [...document.querySelectorAll('button, a[href], input:not([hidden]), [role="separator"]')].filter(
    (e) => !(e.getAttribute('aria-label') || e.textContent?.trim() || e.title || (e.labels && e.labels.length > 0)),
  )
  for (const e of nameless) found.push(`no name: ${e.outerHTML.slice(0, 120)}`)
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id)
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) found.push(`two elements with the id ${id}`)
  if (document.querySelectorAll('h1').length !== 1) found.push(`${document.querySelectorAll('h1').length} first headings`)
  return found
}
