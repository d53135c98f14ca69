// Drives the dashboard in a real browser, as a person would: every click is on what
// can be seen, every query is pasted. What the page must never do (ask another host, break
// its content security policy, log an error) ends the run.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const require = createRequire(new URL('../dashboard/web/package.json', import.meta.url))
const { chromium } = require('playwright-core')

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

// How long anything may take. Nothing waits that long but what fails: the machine may be busy.
const patience = 60_000

/** Opens a page of its own at url. options are Playwright's for a context. */
export async function open(url, options = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags })
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'], ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(patience)
  return new Dashboard(browser, page, url)
}

/** The sizes and themes in which pages are looked at, with the end of a database's name for each. */
export const looks = {
  light: [{ width: 1440, height: 900 }, 'light', ''],
  dark: [{ width: 1440, height: 900 }, 'dark', '-dark'],
  narrow: [{ width: 1024, height: 768 }, 'light', '-narrow'],
  narrowDark: [{ width: 1024, height: 768 }, 'dark', '-narrow-dark'],
  phone: [{ width: 420, height: 800 }, 'light', '-phone'],
}

/** Takes tour to all the given looks, two browsers at a time. WHOLE=1 takes it to every look. */
export async function everyLook(tour, some) {
  const left = Object.values(process.env.WHOLE ? looks : some)
  const one = async () => {
    for (let look = left.shift(); look; look = left.shift()) await tour(...look)
  }
  await Promise.all([one(), one()])
}

export class Dashboard {
  /** What the page did that it must not. */
  faults = []

  constructor(browser, page, url) {
    Object.assign(this, { browser, page, url })
    page.on('pageerror', (e) => this.faults.push(`error: ${e.message}`))
    page.on('console', (m) => {
      const refused = /Failed to load resource: the server responded with a status of 401/.test(m.text()) // before the sign-in
      if (['error', 'warning'].includes(m.type()) && !refused) this.faults.push(`${m.type()}: ${m.text()}`)
    })
    page.on('request', (r) => {
      if (!r.url().startsWith(url) && !/^(data|blob):/.test(r.url())) this.faults.push(`request to ${r.url()}`)
    })
  }

  async signIn(secret) {
    const { page } = this
    await page.goto(this.url)
    await page.getByLabel('Secret').fill(secret)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'NEW DATABASE' }).waitFor()
  }

  /** NEW DATABASE, a name, SAVE, as the tutorial says. */
  async newDatabase(name) {
    const { page } = this
    await page.getByRole('button', { name: 'NEW DATABASE' }).click()
    await page.getByLabel('Name').fill(name)
    await page.getByRole('button', { name: 'SAVE' }).click()
    await page.waitForURL(`**/ui/db/${name}`)
  }

  /** SHELL in the left sidebar. */
  async shell() {
    await this.page.getByRole('link', { name: 'Shell', exact: true }).first().click()
    await this.pane(0).getByRole('button', { name: 'RUN QUERY' }).waitFor()
  }

  pane(index) {
    return this.page.locator('.pane').nth(index)
  }

  /** Replaces what is in a pane's editor by pasting. */
  async paste(index, text) {
    const { page } = this
    await page.evaluate((t) => navigator.clipboard.writeText(t), text)
    await this.pane(index).locator('.cm-scroller').first().click({ position: { x: 80, y: 12 } }) // what is seen of a long text
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+v')
  }

  /** What a pane shows when its run has ended. */
  async answers(index) {
    const results = this.pane(index).locator('.results')
    await results.and(this.page.locator('[aria-busy="false"]')).locator('.answer').first().waitFor()
    const printed = await results.locator('.answer:not(.answer-failed) .highlighted').allTextContents()
    const failed = await results.locator('.answer-failed .failure-headline, .answer-failed .failure-line').allTextContents()
    return { out: printed.map((t) => t.trimEnd()).join('\n'), err: failed[0] ?? '' }
  }

  async runText(text) {
    await this.paste(0, text)
    await this.pane(0).getByRole('button', { name: 'RUN QUERY' }).click()
    return this.answers(0)
  }

  /** Pastes a file and runs it by RUN QUERY. */
  run(path) {
    return this.runText(readFileSync(path, 'utf8'))
  }

  /** Pastes a file into each of two panes and runs both at the same instant. */
  async race(paths) {
    const { page } = this
    await page.getByRole('radio', { name: 'Two panes' }).click()
    await this.pane(1).waitFor()
    for (const [index, path] of paths.entries()) await this.paste(index, readFileSync(path, 'utf8'))
    await page.getByRole('button', { name: 'RUN BOTH' }).click()
    return [await this.answers(0), await this.answers(1)]
  }

  async close() {
    await this.browser.close()
  }
}
