// A tab that stays open while the server is upgraded: it never mixes two builds, and after
// the next sign-in it is of the new one. The second build is the program with some letters
// of a page changed. usage: node upgrade.mjs BINARY DIRECTORY PORT
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { looks, open } from './browser.mjs'
import { Verdict } from './look.mjs'

const [binary, directory, port] = process.argv.slice(2)
const url = `http://127.0.0.1:${port}`
const verdict = new Verdict()

/** The program with a text of its dashboard in place of another one, as long. */
function rebuilt(was, is) {
  const bytes = readFileSync(binary)
  let places = 0
  for (let at = bytes.indexOf(was); at >= 0; at = bytes.indexOf(was, at + 1), places++) bytes.write(is, at)
  verdict.check(`"${was}" is in the program`, places > 0)
  const path = join(directory, 'upgraded')
  writeFileSync(path, bytes, { mode: 0o755 })
  return path
}

async function serve(program) {
  const server = spawn(program, ['serve', '--dev', '--data', join(directory, 'upgrade'), '--listen', `127.0.0.1:${port}`], { stdio: 'ignore' })
  for (let tries = 0; tries < 600; tries++) {
    if (await fetch(`${url}/ping`).then((r) => r.ok, () => false)) break
    await new Promise((done) => setTimeout(done, 100))
  }
  return async () => {
    server.kill()
    await once(server, 'exit')
  }
}

const digest = (page) => page.locator('meta[name="build"]').getAttribute('content')
let stop = await serve(binary)
const d = await open(url)
const { page } = d
await d.signIn('secret')
const before = await digest(page)
await d.shell()
await d.paste(0, 'Add(1, 41)')
const second = await page.context().newPage() // has fetched the code of the home page only
await second.goto(url)
await second.getByRole('button', { name: 'NEW DATABASE' }).waitFor()
await stop()
stop = await serve(rebuilt('Nothing is under way', 'Nothing is scheduled'))

// A page whose code was not fetched yet is not fetched from the next build.
await second.getByRole('link', { name: 'Jobs', exact: true }).click()
await second.getByLabel('Secret').waitFor()
verdict.check('the tab that needed code is of the new build', (await digest(second)) !== before)

// One that needs none finds its session ended, and with the next one is of the new build.
await d.pane(0).getByRole('button', { name: 'RUN QUERY' }).click()
await page.getByLabel('Secret').waitFor()
verdict.check('the tab that needed none is as it was', (await digest(page)) === before)
await page.getByLabel('Secret').fill('secret')
await page.getByRole('button', { name: 'Sign in' }).click()
await page.waitForFunction((was) => document.querySelector('meta[name="build"]').content !== was, before)
await d.pane(0).getByText('Add').first().waitFor()
verdict.check('what was written is kept', (await d.pane(0).locator('.cm-content').textContent()) === 'Add(1, 41)')
await second.goto(`${url}/ui/jobs`)
await second.getByText('Nothing is scheduled').waitFor()

// With a session that goes on, as behind something that passes it on, a tab is told.
await second.route('**/ui/api/**', async (route) => {
  const answer = await route.fetch()
  await route.fulfill({ response: answer, headers: { ...answer.headers(), 'seriatim-dashboard': '0123456789abcdef' } })
})
await second.getByText('The server was upgraded.').waitFor()
await verdict.see(second, '48-upgraded', ...looks.light)
await second.unroute('**/ui/api/**')
const [loaded] = await Promise.all([second.waitForEvent('load'), second.getByRole('button', { name: 'Reload' }).click()])
await loaded.getByText('Nothing is scheduled').waitFor()
verdict.check('after that it is told no more', (await second.getByText('The server was upgraded.').count()) === 0)
await d.close()
await stop()
for (const fault of d.faults.filter((f) => !/status of 404|ERR_CONNECTION/.test(f))) verdict.check('upgrade', false, fault)
verdict.end('no tab mixes two builds')
