// Uses the dashboard's shell beyond running a query: results as tables and trees, a long
// table by keyboard, saved queries by name, by the palette and by their address, running as
// a key, a token and a pasted secret and at a past time, and what is left in the browser
// after signing out. usage: node shell.mjs URL
import { everyLook, looks, open } from './browser.mjs'
import { Verdict } from './look.mjs'

const [url] = process.argv.slice(2)
const verdict = new Verdict()
const check = (...all) => verdict.check(...all)

const seed = `
CreateCollection({name: "stores"});
CreateCollection({name: "clerks"});
CreateRole({name: "clerk", privileges: [{resource: Collection("stores"), actions: {read: true}}], membership: {resource: Collection("clerks")}});
Create(Ref(Collection("clerks"), "1"), {data: {name: "Ann"}, credentials: {password: "sesame"}});
CreateKey({role: Role("clerk"), data: {name: "till"}});
CreateKey({role: "server", data: {name: "backend"}});
CreateKey({role: [Role("clerk")], data: {name: "list of one"}});
Login(Ref(Collection("clerks"), "1"), {password: "sesame"});
Foreach([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], Lambda("i", Foreach([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], Lambda("j",
  Create(Ref(Collection("stores"), Add(1000, Add(Multiply(Var("i"), 10), Var("j")))), {data: {
    name: Concat(["Store ", ToString(Var("i")), "-", ToString(Var("j"))]), big: 9007199254740993, price: Multiply(Var("j"), 1.25),
    address: {city: "Washington", lines: ["a", "b"]}, next: Ref(Collection("stores"), "1001"), since: Date("2020-01-01"),
    about: "A text that is longer than its column can be, and goes on until somebody opens it to read what stands at its end: here."}})))))`
const stores = 'Map(Paginate(Documents(Collection("stores")), {size: 100}), Lambda("ref", Get(Var("ref"))))'

async function tour(size, theme, suffix) {
  const d = await open(url, { viewport: size, colorScheme: theme })
  const { page } = d
  const database = `shell${suffix}`
  const button = (label) => page.getByRole('button', { name: label, exact: true })
  const show = (view, index = 0) => d.pane(index).getByRole('radio', { name: view, exact: true }).click()
  const see = async (what) => {
    await page.mouse.move(2, 2)
    await verdict.see(page, what, size, theme)
  }
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  const editor = () => d.pane(0).locator('.cm-content').innerText()

  await d.signIn('secret')
  await d.newDatabase(database)
  await d.shell()
  const login = (await d.runText(seed)).out
  const token = /secret: '([^']+)'/.exec(login.slice(login.lastIndexOf('instance:')))?.[1] ?? ''
  check('the token has a secret', token !== '', login.slice(-300))

  // A table, by keyboard
  await d.runText(stores)
  await show('Table')
  const grid = page.getByRole('grid')
  await grid.waitFor()
  check('only some of the rows are drawn', (await grid.locator('tbody tr').count()) < 60)
  await grid.focus()
  await press('Control+End')
  await grid.getByText('stores/1099').waitFor()
  check('to the end by keyboard', /Store 9-9|A text that is longer/.test(await grid.innerText()))
  await press('Control+Home', 'ArrowRight', 'ArrowRight', 'ArrowRight')
  await see('90-table')
  check('no digit is lost', (await grid.innerText()).includes('9007199254740993'))
  await press('Control+c')
  check('a cell is copied', (await page.evaluate(() => navigator.clipboard.readText())) === '9007199254740993')
  await press('ArrowRight', 'ArrowRight', 'Enter')
  await page.getByRole('region', { name: 'Row 1, address' }).getByText('Washington').waitFor()
  await see('91-table-value')
  await press('Escape')
  await page.reload()
  await page.getByRole('radio', { name: 'Table', exact: true, checked: true }).waitFor()
  await d.runText(`1;\n[];\nGet(Ref(Collection("stores"), "1001"));\n[1, {a: [1, {b: 2}]}, ["x", Date("2020-01-01")]]`)
  await page.getByText('A number is no table.').waitFor()
  await page.getByText('This array is empty.').waitFor()
  await see('92-table-none')
  await grid.first().focus()
  await press('Enter')
  await page.waitForURL('**/collections/stores/1001')
  await page.goBack()
  await show('Tree')
  await page.locator('.tree').last().waitFor()
  await see('93-tree')

  // At a past time, from below a result
  await show('Shell')
  await d.runText('Get(Ref(Collection("stores"), "1002"))')
  const before = await page.locator('.spent-time').first().innerText()
  await d.runText('Delete(Ref(Collection("stores"), "1002"))')
  check('a deleted document is gone', /instance not found/.test((await d.runText('Get(Ref(Collection("stores"), "1002"))')).err))
  await see('94-error')
  await button('Run as').click()
  await button('A minute ago').click()
  await page.getByRole('textbox', { name: 'At', exact: true }).fill(before)
  await button('Run so').click()
  check('and was there before', /Store 0-2/.test((await d.runText('Get(Ref(Collection("stores"), "1002"))')).out))

  // As a key, a token, a secret
  await page.locator('.run-as-changed').click()
  await page.getByRole('textbox', { name: 'At', exact: true }).fill('')
  await page.getByRole('radio', { name: 'Key', exact: true }).click()
  const keys = page.getByRole('listbox', { name: 'Key' })
  await keys.locator('option', { hasText: 'till' }).waitFor({ state: 'attached' })
  await keys.selectOption(await keys.locator('option', { hasText: 'till' }).getAttribute('value'))
  await page.getByText('as role clerk').first().waitFor()
  await see('95-run-as-key')
  await button('Run so').click()
  await page.getByRole('button', { name: /^As key \d+, role clerk$/ }).waitFor()
  check('a key reads what its role may', /Store 0-1/.test((await d.runText('Get(Ref(Collection("stores"), "1001"))')).out))
  check('and not what it may not', /permission denied/.test((await d.runText('Get(Ref(Collection("clerks"), "1"))')).err))
  check('the address says who', /as=key/.test(page.url()), page.url())
  await page.locator('.run-as-changed').click()
  await page.getByRole('radio', { name: 'Token', exact: true }).click()
  const tokens = page.getByRole('listbox', { name: 'Token' })
  await tokens.locator('option', { hasText: 'clerks/1' }).waitFor({ state: 'attached' })
  await tokens.selectOption({ index: 0 })
  await button('Run so').click()
  check('a token is its document', /Ref\(Collection\("clerks"\), "1"\)/.test((await d.runText('CurrentIdentity()')).out))
  await page.locator('.run-as-changed').click()
  await page.getByRole('radio', { name: 'Secret', exact: true }).click()
  await page.getByLabel('Secret of a key or token').fill(token)
  await see('96-run-as-secret')
  await button('Run so').click()
  check('a secret is its token', /tokens|Tokens/.test((await d.runText('CurrentToken()')).out))
  check('a pasted secret is kept nowhere', !(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href)).includes(token))
  await page.locator('.run-as-changed').click()
  await button('Myself, now').click()

  // Saved queries
  await d.paste(0, 'Count(Documents(Collection("stores")))')
  await press('Control+s')
  await page.getByLabel('Name of the query').fill('How many stores')
  await see('97-save')
  await press('Enter')
  await page.locator('.pane-name').getByText('How many stores').waitFor()
  await d.paste(0, 'Now()')
  await press('Control+k')
  await page.getByRole('combobox').fill('how many')
  await page.getByRole('option', { name: 'How many stores' }).waitFor()
  await press('Enter')
  await page.waitForFunction(() => document.querySelector('.cm-content')?.textContent?.startsWith('Count'))
  await page.locator('.cm-focused').waitFor()
  await press('Control+z')
  check('what was there comes back', (await editor()).startsWith('Now()'), await editor())
  await button('Saved').click()
  await press('ArrowDown')
  await see('98-saved')
  await button('Rename How many stores').click()
  await page.getByLabel('Another name of How many stores').fill('Stores')
  await press('Enter')
  await button('Delete Stores').click()
  await page.getByText('Nothing saved yet').waitFor()
  await see('99-saved-none')
  await button('Undo').click()
  await page.getByRole('button', { name: 'Stores', exact: true }).click()
  await page.waitForFunction(() => document.querySelector('.cm-content')?.textContent?.startsWith('Count'))
  await page.goto(`${url}/ui/db/${database}/shell?saved=nothing`)
  await page.getByText('no saved query called nothing').waitFor()

  // Two panes, each with its view
  await page.getByRole('radio', { name: 'Two panes' }).click()
  await d.pane(1).waitFor()
  await show('JSON', 1)
  await d.paste(0, '[{a: 1}]')
  await d.paste(1, '[{a: 1}]')
  await button('RUN BOTH').click()
  await d.pane(1).getByText('"a"').waitFor()
  await see('99-two-views')

  // What stays
  const kept = () => page.evaluate(() => Object.keys({ ...localStorage }).filter((key) => /draft|history|graphql|saved/.test(key)))
  check('drafts and history are kept', (await kept()).length > 2)
  await button('Sign out').click()
  await page.getByLabel('Secret').waitFor()
  const left = await kept()
  check('after signing out, only what has a name', left.length === 1 && left[0].startsWith('seriatim.saved/'), left.join())
  await d.close()
  for (const fault of d.faults) check(`${size.width} ${theme}`, false, fault)
}

await everyLook(tour, [looks.light, looks.narrowDark])
verdict.end('the shell as it should be')
