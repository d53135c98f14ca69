// Visits every page of the dashboard with the shop in it, in light and dark, wide and
// narrow, and checks what holds on every page: nothing scrolls sideways, everything that can be
// clicked has a name, the keyboard reaches it. usage: node screens.mjs URL [FOLDER]
import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { open } from './browser.mjs'
import { inspectPage } from './faults.mjs'

const [url, folder] = process.argv.slice(2)
if (folder) mkdirSync(folder, { recursive: true })
const tutorial = 'docs/tutorial'
const file = (n) => readFileSync(join(tutorial, readdirSync(tutorial).find((f) => f.startsWith(n) && f.endsWith('.fql'))), 'utf8')
const database = 'ecommerce-tutorial'
let failures = 0

async function visit(d, name, size, theme) {
  await d.page.waitForTimeout(250) // for what fades in
  const where = `${name}-${size.width}-${theme}`
  for (const fault of await d.page.evaluate(inspectPage)) {
    failures++
    console.log(`FAILED ${where}: ${fault}`)
  }
  if (folder) await d.page.screenshot({ path: join(folder, `${where}.png`) })
}

/** One browser, which makes its own database and goes through all pages. */
async function tour(size, theme, suffix) {
  const d = await open(url, { viewport: size, colorScheme: theme })
  const { page } = d
  const see = (name) => visit(d, name, size, theme)
  const go = async (path, until) => {
    await page.goto(`${url}/ui/db/${database}${suffix}${path}`)
    await until.first().waitFor()
  }
  await page.goto(url)
  await page.getByLabel('Secret').waitFor()
  await see('01-sign-in')
  await page.getByLabel('Secret').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
  await see('02-sign-in-refused')
  await d.signIn('secret')
  await see('03-top')
  await page.getByRole('button', { name: 'NEW DATABASE' }).click()
  await page.getByLabel('Name').fill('two words')
  await page.getByRole('button', { name: 'SAVE' }).click()
  await page.getByRole('alert').waitFor()
  await see('04-new-database-refused')
  await page.keyboard.press('Escape')
  await d.newDatabase(`${database}${suffix}`)
  await see('05-database')
  await page.getByRole('link', { name: 'Collections' }).first().click()
  await see('06-collections-empty')
  await d.shell()
  await see('07-shell-empty')
  await d.runText(file('01'))
  await see('08-shell-several-results')
  for (const n of ['02', '04', '06', '08']) await d.runText(file(n))
  await see('09-shell-function')
  await d.runText(file('09'))
  await see('10-shell-order')
  await page.getByRole('radio', { name: 'JSON' }).click()
  await see('11-shell-json')
  await page.getByRole('radio', { name: 'Shell' }).click()
  for (const n of ['11', '12']) await d.runText(file(n))
  await see('12-shell-abort')
  await d.runText('Get(Collection("stores"));\nMap(\n  Paginate(Documents(Collection("nowhere"))),\n  Lambda("ref", Get(Var("reff")))\n);\nAdd(1, 2)')
  await see('13-shell-error')
  await d.runText('Map([1, 2, 3], Lambda("x" Var("x")))')
  await see('14-shell-syntax')
  await d.paste(0, 'Get(Ref(Collection("')
  await page.keyboard.press('Control+Space')
  await page.locator('.cm-tooltip-autocomplete').waitFor()
  await see('15-shell-completion')
  await page.keyboard.press('Escape')
  await d.paste(0, 'Pagina')
  await page.keyboard.press('Control+Space')
  await page.locator('.cm-completionInfo .cm-help').waitFor()
  await see('15-shell-completion-help')
  await page.keyboard.press('Escape')
  await d.paste(0, '\n\nMap(Paginate(Documents(Collection("products"))), Lambda("ref", Get(Var("ref"))))')
  await page.locator('.pane').first().getByText('Paginate', { exact: true }).hover()
  await page.locator('.cm-tooltip-hover .cm-help').waitFor()
  await see('15-shell-help')
  await page.mouse.move(5, 5)
  await page.locator('.cm-help').waitFor({ state: 'detached' })
  await page.locator('.pane .cm-content').first().press('Control+Home')
  for (const key of ['ArrowDown', 'ArrowDown', 'F1']) await page.keyboard.press(key)
  await page.locator('.cm-help').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('.cm-help').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'History' }).click()
  await see('16-shell-history')
  await page.keyboard.press('Escape')
  const race = ['13', '14'].map((n) => join(tutorial, readdirSync(tutorial).find((f) => f.startsWith(n) && f.endsWith('.fql'))))
  await d.race(race)
  await see('17-shell-race')
  await go('/collections', page.getByRole('link', { name: 'products' }))
  await see('18-collections')
  await go('/collections/products', page.getByText('"21"').or(page.getByRole('link', { name: '21' })))
  await see('19-collection')
  await go('/collections/products/21', page.getByRole('heading', { level: 1 }))
  await see('20-document')
  await go('/collections/nowhere', page.getByRole('heading', { level: 1 }))
  await see('21-collection-missing')
  await go('/metrics', page.getByRole('heading', { name: 'All numbers' }))
  await see('40-metrics')
  await go('/cluster', page.getByRole('heading', { name: 'Make it a cluster' }))
  await see('41-cluster')
  await go('/docs', page.getByRole('heading', { name: 'Start here' }))
  await see('42-docs')
  await go('/docs/fql/pages/Paginate', page.getByRole('heading', { name: 'Examples' }))
  await see('43-docs-page')
  await go('/docs?q=race', page.getByRole('list', { name: 'Found' }))
  await see('44-docs-found')
  await go('/databases', page.getByText('open now'))
  await see('45-databases')
  await go('/jobs', page.getByText('Nothing is under way'))
  await see('46-jobs')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('products')
  await page.getByRole('option', { name: 'products' }).first().waitFor()
  await see('47-palette')
  await page.keyboard.press('Escape')
  await page.goto(`${url}/ui/`)
  await page.getByRole('link', { name: `${database}${suffix}` }).first().waitFor()
  await see('22-top-with-databases')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Secret').waitFor()
  for (const fault of d.faults) {
    failures++
    console.log(`FAILED ${size.width} ${theme}: ${fault}`)
  }
  await d.close()
}

const wide = { width: 1440, height: 900 }
const narrow = { width: 1024, height: 768 }
await tour(wide, 'light', '')
await tour(wide, 'dark', '-dark')
await tour(narrow, 'light', '-narrow')
await tour(narrow, 'dark', '-narrow-dark')
if (process.env.PHONE) await tour({ width: 420, height: 800 }, 'light', '-phone')
console.log(failures === 0 ? 'every page as it should be' : `${failures} failures`)
process.exit(failures === 0 ? 0 : 1)
