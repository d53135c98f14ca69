// Edits documents in the dashboard, alone and several in one transaction, follows their
// history, makes an index and browses it, calls and changes a function, makes a key, and
// finds out which rule of a role denies. Every page is looked at in light and dark, wide and
// narrow. usage: node data.mjs URL
import { everyLook, looks, open } from './browser.mjs'
import { Verdict } from './look.mjs'

const [url] = process.argv.slice(2)
const verdict = new Verdict()
const check = (...all) => verdict.check(...all)

const seed = `
CreateCollection({name: "stores"});
CreateCollection({name: "clerks"});
CreateCollection({name: "empty"});
Create(Ref(Collection("stores"), "301"), {data: {name: "DC Fruits", address: {city: "Washington", zip: "20005"}, opened: Date("2019-03-01")}});
Create(Ref(Collection("stores"), "302"), {data: {name: "Party Supplies", address: {city: "Washington", zip: "20005"}, checked: Time("2020-01-01T00:00:00Z")}});
Create(Ref(Collection("stores"), "303"), {data: {name: "Foggy Bottom Market", address: {city: "Foggy Bottom", zip: "20037"}, staff: [1, 2.5]}});
Create(Ref(Collection("clerks"), "1"), {data: {store: Ref(Collection("stores"), "301"), active: true}, credentials: {password: "sesame"}});
Create(Ref(Collection("clerks"), "2"), {data: {store: Ref(Collection("stores"), "302"), active: false}});
CreateFunction({name: "rename", body: Query(Lambda(["store", "name"], Select(["data", "name"], Update(Var("store"), {data: {name: Var("name")}}))))});
CreateRole({
  name: "clerk",
  privileges: [
    {resource: Collection("stores"), actions: {read: true, write: Query(Lambda(["old", "new"], Equals(Select(["data", "address"], Var("old")), Select(["data", "address"], Var("new")))))}},
    {resource: Collection("clerks"), actions: {read: Query(Lambda("ref", Equals(CurrentIdentity(), Var("ref"))))}}
  ],
  membership: {resource: Collection("clerks"), predicate: Query(Lambda("ref", Select(["data", "active"], Get(Var("ref")))))}
});
Login(Ref(Collection("clerks"), "1"), {password: "sesame"})`

async function tour(size, theme, suffix) {
  const d = await open(url, { viewport: size, colorScheme: theme })
  const { page } = d
  const database = `data${suffix}`
  const button = (label) => page.getByRole('button', { name: label, exact: true })
  const part = (label) => page.getByRole('radio', { name: label, exact: true }).click()
  const see = async (what) => {
    await page.mouse.move(2, 2)
    await verdict.see(page, what, size, theme)
  }
  const go = async (path) => page.goto(`${url}/ui/db/${database}${path}`)
  const paste = async (label, text) => {
    await page.evaluate((t) => navigator.clipboard.writeText(t), text)
    await page.getByRole('textbox', { name: label, exact: true }).click()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+v')
  }
  const whole = 'Document, all but its ref and ts'

  await d.signIn('secret')
  await d.newDatabase(database)
  for (const [path, text] of [['indexes', 'No indexes yet'], ['functions', 'No functions yet'], ['security', 'No roles yet']]) {
    await go(`/${path}`)
    await page.getByText(text).waitFor()
    await see(`60-${path}-none`)
  }
  await d.shell()
  await d.runText(seed)

  // A document is edited and followed
  await go('/collections/stores/301')
  await page.getByText('DC Fruits').waitFor()
  await part('Edit')
  await page.getByText('opened').first().waitFor()
  await see('61-edit')
  await paste(whole, '{data: {name: "DC Fruit Store", address: {city: "Washington", zip: "20005"}, opened: Date("2019-03-01")}}')
  await see('62-edit-changed')
  await button('Save').click()
  await page.locator('.tree').getByText('DC Fruit Store').waitFor()
  await part('History')
  await page.locator('.difference-added').waitFor()
  check('the history has two versions', (await page.locator('.history-version').count()) === 2)
  check('the difference is the name', /DC Fruits/.test(await page.locator('.difference-removed').textContent()) && /DC Fruit Store/.test(await page.locator('.difference-added').textContent()))
  await see('63-history')
  await page.getByRole('slider').focus()
  await page.keyboard.press('ArrowLeft')
  await part('As it was')
  await page.getByText('DC Fruits').waitFor()
  await see('64-history-as-it-was')
  await page.reload()
  await page.getByText('DC Fruits').waitFor()

  // Several in one transaction
  const stageEdit = async (id, text) => {
    await go(`/collections/stores/${id}`)
    await part('Edit')
    await page.getByRole('textbox', { name: whole }).waitFor()
    await paste(whole, text)
    await button('Stage it').click()
  }
  await stageEdit('302', '{data: {name: "Party"}}')
  await page.getByText('1 staged edit').waitFor()
  await page.getByRole('link', { name: 'stores', exact: true }).click()
  await page.getByText('1 staged edit').waitFor()
  await page.getByRole('link', { name: 'New document' }).click()
  await paste('Document', '{data: {name: Add(1, "x")}}')
  await button('Stage it').click()
  await page.getByText('2 staged edits').waitFor()
  await button('Show query').first().click()
  await button('Save as one transaction').click()
  await page.locator('.staged-failed').waitFor()
  check('the edit that failed is named', /new 1/.test(await page.locator('.staged-failed').textContent()), await page.locator('.staged-failed').textContent())
  await see('65-staged-failed')
  await page.getByRole('button', { name: /Discard the edit of stores\/new/ }).click()
  await button('Save as one transaction').click()
  await page.locator('.staged').waitFor({ state: 'detached' })
  await page.getByText('Party', { exact: true }).waitFor()
  await see('66-collection')
  await page.getByRole('link', { name: '303' }).click()
  await part('Edit')
  await page.getByRole('textbox', { name: whole }).waitFor()
  await paste(whole, '{data: {}}')
  const other = await page.context().newPage()
  await other.goto(`${url}/ui/db/${database}/functions/rename`)
  await other.getByRole('textbox', { name: 'store' }).click()
  await other.keyboard.type('Ref(Collection("stores"), "303")')
  await other.keyboard.press('Escape')
  await other.getByRole('textbox', { name: 'name', exact: true }).click()
  await other.keyboard.type('"Foggy"')
  await other.getByRole('button', { name: 'Call', exact: true }).click()
  await other.locator('.answer').first().waitFor()
  check('the function answers', /Foggy/.test(await other.locator('.answer').first().textContent()))
  await other.close()
  await button('Save').click()
  await page.getByText('stores/303 was changed after it was read here.').first().waitFor()
  await see('67-edit-conflict')
  await go('/collections/stores/301')
  await button('Delete').click()
  await see('68-delete')
  await button('Cancel').click()
  await go('/collections/empty?new=1')
  await page.getByText('No documents').waitFor()
  const form = page.locator('.panel').filter({ has: button('Create') })
  check('the form is whole', await form.evaluate((e) => e.scrollHeight <= e.clientHeight + 1))
  await see('69-new-document')
  await button('Create').click()
  await page.getByText('Created').waitFor()

  // Indexes
  await go('/indexes?new=1')
  await page.getByLabel('Name', { exact: true }).fill('stores by city')
  await page.getByLabel('Source', { exact: true }).selectOption('stores')
  await page.getByLabel('Terms', { exact: true }).fill('data.address.city')
  await page.getByLabel('Values', { exact: true }).fill('data.name, ref')
  await button('Create index').click()
  await page.getByText(/spaces|character|valid/i).first().waitFor()
  await see('70-new-index-refused')
  await page.getByLabel('Name', { exact: true }).fill('stores_by_city')
  await button('Create index').click()
  await page.getByText('active').waitFor()
  await see('71-index')
  await paste('data.address.city', '"Washington"')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('cell', { name: 'DC Fruit Store' }).waitFor()
  await see('72-index-entries')
  await page.reload()
  await page.getByRole('cell', { name: 'DC Fruit Store' }).waitFor()
  await go('/indexes')
  await page.getByRole('link', { name: 'stores_by_city' }).waitFor()
  await see('73-indexes')

  // Functions
  await go('/functions')
  await page.getByRole('link', { name: 'rename' }).waitFor()
  await see('74-functions')
  await page.getByRole('link', { name: 'rename' }).click()
  await paste('store', 'Ref(Collection("stores"), "301")')
  await paste('name', '"Fruits"')
  await button('Call').click()
  await page.locator('.answer').first().waitFor()
  await see('75-function-call')
  await part('Body and role')
  await page.getByLabel('Runs with the rights of').selectOption('server')
  await see('76-function-body')
  await button('Save').click()
  await page.getByText('Saved.').waitFor()

  // Roles, keys and tokens
  await go('/security')
  await page.getByRole('link', { name: 'clerk', exact: true }).waitFor()
  await see('77-roles')
  await page.getByRole('link', { name: 'clerk', exact: true }).click()
  await page.getByText('under a condition').first().waitFor({ state: 'attached' })
  await see('78-role')
  await page.getByRole('link', { name: 'Try it' }).click()
  await paste('On', 'Ref(Collection("stores"), "302")')
  await page.getByLabel('May it').selectOption('write')
  await paste('With', '{data: {address: {city: "Elsewhere"}}}')
  await button('Find out').click()
  await page.getByRole('heading', { name: 'Denied' }).waitFor()
  check('the rule that denies is told', /condition of privilege 1 of the role clerk does not hold/.test(await page.locator('.decision').textContent()))
  await see('79-try-denied')
  await part('Document')
  await page.getByLabel('Document', { exact: true }).fill('clerks/2')
  await page.getByLabel('May it').selectOption('read')
  await button('Find out').click()
  await page.getByText('It has no role').waitFor()
  await see('80-try-no-member')
  await page.getByLabel('Document', { exact: true }).fill('clerks/1')
  await button('Find out').click()
  await page.getByRole('heading', { name: 'Allowed' }).waitFor()
  await see('81-try-allowed')
  await part('Keys')
  await page.getByText('No keys yet').waitFor()
  await button('New key').click()
  await see('82-new-key')
  await button('Create key').click()
  await page.locator('.secret code').waitFor()
  await see('83-new-key-secret')
  await button('I have stored it').click()
  await page.getByRole('cell', { name: 'server', exact: true }).waitFor()
  await see('84-keys')
  await part('Tokens')
  await page.getByText('What may it do?').waitFor()
  await see('85-tokens')

  // The shell as somebody else
  await go('/security/clerk')
  await page.getByRole('link', { name: 'Shell with this role' }).click()
  await button('As role clerk').waitFor()
  const denied = await d.runText('Get(Ref(Collection("clerks"), "2"))')
  check('the role denies in the shell', /permission denied/.test(denied.err), denied.err)
  await see('86-shell-as-role')
  await button('As role clerk').click()
  await see('87-run-as')
  await button('Myself, now').click()
  check('and without it the same is given', /active: false/.test((await d.runText('Get(Ref(Collection("clerks"), "2"))')).out))
  await d.close()
  for (const fault of d.faults) check(`${size.width} ${theme}`, false, fault)
}

await everyLook(tour, [looks.light, looks.narrowDark, looks.phone])
verdict.end('data as it should be')
