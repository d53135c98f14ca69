// Looks at a page of the dashboard as it stands: what must hold on every page, what axe-core
// calls serious or critical, and a photograph. The walks differ in how they come to a page,
// not in how it is judged. AXE is the path of axe.min.js, SCREENS a folder for photographs.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const axe = process.env.AXE && readFileSync(process.env.AXE, 'utf8')
const folder = process.env.SCREENS
if (folder) mkdirSync(folder, { recursive: true })

/** Counts what is wrong and says it at once. */
export class Verdict {
  failures = 0

  check(what, ok, detail = '') {
    if (ok) return
    this.failures++
    console.log(`FAILED ${what} ${detail}`)
  }

  /** Judges and photographs a page under the name of what is on it, its width and theme. */
  async see(page, what, size, theme) {
    const where = `${what}-${size.width}-${theme}`
    await settled(page)
    for (const fault of await page.evaluate(inspectPage)) this.check(where, false, fault)
    for (const fault of await accessibility(page)) this.check(where, false, fault)
    if (folder) await page.screenshot({ path: join(folder, `${where}.png`) })
  }

  /** Ends the process as CI wants it. */
  end(well) {
    console.log(this.failures === 0 ? well : `${this.failures} failures`)
    process.exit(this.failures === 0 ? 0 : 1)
  }
}

// settled waits for what fades in, for fonts, and for what the last click painted.
async function settled(page) {
  await page.evaluate(async () => {
    const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    await document.fonts.ready
    await painted()
    const ending = () => document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime < Infinity && a.playState === 'running')
    await Promise.race([Promise.allSettled(ending().map((a) => a.finished)), new Promise((done) => setTimeout(done, 5_000))])
    await painted()
  })
}

// accessibility names each serious fault by its rule, its place and its text.
async function accessibility(page) {
  if (!axe) return []
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  return found.violations
    .filter((v) => ['serious', 'critical'].includes(v.impact))
    .flatMap((v) => v.nodes.filter((n) => !byArrows(v, n)).map((n) => `${v.impact} ${v.id} at ${n.target.flat().join(' ')}: ${n.any.concat(n.all)[0]?.message ?? v.help}\n    ${n.html.slice(0, 160)}`))
}

// byArrows tells whether a list of completions is meant, which the keyboard scrolls from within the
// editor. The rule would pass it by if the editor were a combobox, which it is not.
const byArrows = (violation, node) => violation.id === 'scrollable-region-focusable' && /^<ul id="cm-ac-/.test(node.html)

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
