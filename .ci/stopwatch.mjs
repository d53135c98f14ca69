// Places a first order as somebody would who has the program and has read no more than the
// README and what the pages say, and tells how long each step took. A person is slower than
// a script: what they type, aim at and read is waited for, at the pace below.
// PACE=0 is a person who needs no time, which shows that the way is there.
// usage: node stopwatch.mjs BINARY DIRECTORY PORT [SECONDS]
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { open } from './browser.mjs'

const [binary, directory, port, most = '60'] = process.argv.slice(2)
const pace = { key: 200, click: 1_200, read: 4_000, study: 8_000 } // milliseconds: 60 words a minute, an aimed click, a page, a page of FQL
const d = await open(`http://127.0.0.1:${port}`) // a person has a browser open
const patience = +(process.env.PACE ?? 1)
const begun = Date.now()
let last = begun
const after = (ms) => new Promise((done) => setTimeout(done, ms))

/** Does a step: first what a person needs for it, then what the machine does. */
async function step(what, human, act = async () => {}) {
  human *= patience
  await after(human)
  const answer = await act()
  const now = Date.now()
  const seconds = (ms) => (ms / 1000).toFixed(1).padStart(5)
  console.log(`${seconds(now - begun)} s  ${seconds(now - last - human)} s machine, ${seconds(human)} s person  ${what}`)
  last = now
  return answer
}

const command = './seriatim serve'
let printed = ''
const server = await step(`types "${command}" and waits for its address`, command.length * pace.key, async () => {
  const child = spawn(binary, ['serve', '--data', join(directory, 'seriatim-data'), '--listen', `127.0.0.1:${port}`])
  child.stderr.on('data', (text) => (printed += text))
  while (!/dashboard=http\S+\s/.test(printed)) { // a terminal gets it in larger letters
    if (child.exitCode !== null) throw new Error(printed)
    await after(20)
  }
  return child
})
const address = /dashboard=(\S+)/.exec(printed)[1]
const secretFile = /root secret was made: (\S+)/.exec(printed)?.[1] ?? join(directory, 'seriatim-data', 'root-secret')
await step('reads what it prints', pace.read)
const { page } = d
await step('opens the address', pace.click, async () => {
  await page.goto(address)
  await page.getByLabel('Secret').waitFor()
})
const click = (what, target, until) => step(what, pace.click, async () => {
  await target.click()
  await until.waitFor()
})
await step('reads where the secret is', pace.read)
const cat = `cat ${join('seriatim-data', 'root-secret')}`
const secret = await step(`types "${cat}"`, cat.length * pace.key, async () => readFileSync(secretFile, 'utf8').trim())
await step('copies it and pastes it', 2 * pace.click, () => page.getByLabel('Secret').fill(secret))
await click('Sign in', page.getByRole('button', { name: 'Sign in' }), page.getByText('No databases yet'))
await step('reads what to do first', pace.read)
await click('NEW DATABASE', page.getByRole('button', { name: 'NEW DATABASE' }), page.getByLabel('Name'))
await step('types "shop"', 4 * pace.key, () => page.getByLabel('Name').fill('shop'))
await click('SAVE', page.getByRole('button', { name: 'SAVE' }), page.getByRole('button', { name: 'A shop to try' }))
await step('reads what there is', pace.read)
await click('A shop to try', page.getByRole('button', { name: 'A shop to try' }), page.getByRole('button', { name: 'RUN QUERY' }))
await page.locator('.cm-content').getByText('CreateCollection').first().waitFor()
await step('looks at the queries', pace.study)
await click('RUN QUERY, and the order is there', page.getByRole('button', { name: 'RUN QUERY' }), page.locator('.answer').last().getByText('Ref(Collection("orders"), "').first())
await d.close()
server.kill()
const took = (Date.now() - begun) / 1000
console.log(`a first order in ${took.toFixed(0)} s of ${most}`)
for (const fault of d.faults) console.log(`FAILED ${fault}`)
process.exit(took <= +most && d.faults.length === 0 ? 0 : 1)
