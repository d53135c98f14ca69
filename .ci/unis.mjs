// Makes a uni from a schema in the dashboard, changes it with a grouped mutation in the
// explorer while a subscription follows, and verifies the block of that change and the whole
// ledger in the browser. Every page is looked at in light and dark, wide and narrow.
// usage: node unis.mjs URL
import { everyLook, looks, open } from './browser.mjs'
import { Verdict } from './look.mjs'

const [url] = process.argv.slice(2)
const verdict = new Verdict()
const check = (...all) => verdict.check(...all)

const schema = JSON.stringify({
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    Inventory: {
      type: 'array',
      items: {
        type: 'object',
        properties: { itemName: { type: 'string' }, quantityWarehouse1: { type: 'integer', minimum: 0 }, quantityWarehouse2: { type: 'integer', minimum: 0 } },
      },
    },
  },
}, null, 2)

async function tour(size, theme, suffix) {
  const d = await open(url, { viewport: size, colorScheme: theme })
  const { page } = d
  const name = `inventory${suffix}`
  const database = `unis${suffix}`
  const button = (label) => page.getByRole('button', { name: label, exact: true })
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

  await d.signIn('secret')
  await d.newDatabase(database)
  await page.getByRole('link', { name: 'GraphQL', exact: true }).click()
  await page.getByText('No unis in this database yet').waitFor()
  await see('30-graphql-none')
  await page.getByRole('link', { name: 'Unis', exact: true }).click()
  await page.getByText('No unis yet').waitFor()
  await see('31-unis-none')
  await page.getByRole('link', { name: 'New uni' }).click()
  await button('Create uni').click()
  await page.getByText('The uni needs a name.').waitFor()
  await see('32-new-uni-missing')
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Name of node 1').fill('Warehouse')
  await button('Add a node').click()
  await page.getByLabel('Name of node 2').fill('Shop')
  await paste('JSON Schema', schema.replace('"integer"', '"number of things"'))
  await button('Create uni').click()
  await page.getByText('The schema is not valid.').waitFor()
  await see('33-new-uni-refused')
  await paste('JSON Schema', schema)
  await paste('Initial state, if any', '{"Inventory": [{"itemName": "Fruit basket", "quantityWarehouse1": 100, "quantityWarehouse2": 0}]}')
  await see('34-new-uni')
  await button('Create uni').click()
  await page.getByRole('heading', { name: `${name} is there` }).waitFor()
  check('API keys are shown', (await page.locator('.copied code', { hasText: /^fn/ }).count()) === 2)
  const key = await page.locator('.copied code', { hasText: /^fn/ }).first().textContent()
  await see('35-new-uni-keys')

  // GraphQL, as a node by the session
  await page.getByRole('link', { name: 'Open GraphQL' }).click()
  await page.getByText('mutation move @vendia_transaction').waitFor()
  await page.getByText('add_Inventory', { exact: true }).waitFor()
  await see('36-graphql')
  const answered = async () => {
    const results = page.locator('.results[aria-busy="false"]')
    await results.locator('.answer').first().waitFor()
    return (await results.locator('.highlighted').allTextContents()).join('\n')
  }
  const editor = page.getByRole('textbox', { name: 'Operations', exact: true })
  await editor.getByText('query list').click()
  await page.keyboard.press('Control+Enter')
  check('the list has the initial state', /"quantityWarehouse1": 100/.test(await answered()), await answered())
  await see('37-graphql-query')
  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.getByRole('textbox', { name: 'Operations', exact: true }).getByText('subscription follow').click()
  await other.keyboard.press('Control+Enter')
  await other.getByText('Following. 0 events so far').waitFor()
  await editor.getByText('mutation move').click()
  await page.keyboard.press('Control+Enter')
  await page.locator('.graph-answer-title', { hasText: 'mutation move' }).waitFor()
  const moved = await answered()
  check('the group moved', /"quantityWarehouse1": 90/.test(moved) && /"quantityWarehouse2": 10/.test(moved), moved)
  await see('38-graphql-group')
  await other.getByText('Following. 2 events so far').waitFor()
  check('the subscription tells of it', /"quantityWarehouse2": 10/.test((await other.locator('.highlighted').allTextContents()).join('')))
  await other.close()
  await page.goto(page.url()) // the draft stays, and what runs is of another state
  await editor.getByText('mutation move').waitFor()
  await paste('Operations', `mutation wrong @vendia_transaction {\n  good: add_Inventory(input: {itemName: "Tea"}) { result { _id } }\n  bad: add_Inventory(input: {quantityWarehouse1: -1}) { result { _id } }\n}\nquery named($n: Int) { list_InventoryItems(limit: $n) { _InventoryItems { itemName } } }`)
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Control+Enter')
  await page.locator('.graph-errors').first().waitFor()
  await see('39-graphql-errors')
  await paste('Variables', '{"n": 1}')
  await editor.getByText('query named').click()
  await page.keyboard.press('Control+Enter')
  await page.locator('.graph-answer-title', { hasText: 'query named' }).waitFor()
  check('variables are sent, and nothing of the group happened', (await answered()).match(/itemName/g)?.length === 1, await answered())
  await page.locator('.docs-type button', { hasText: 'Self_Inventory_Input_' }).first().click()
  await page.locator('.docs-title').waitFor()
  await see('40-graphql-type')
  await button('By this session').click()
  await page.getByLabel('API key of the node').fill(key)
  await see('41-graphql-act-as')
  await button('Use the key').click()
  await editor.getByText('query named').click()
  await page.keyboard.press('Control+Enter')
  check('an API key opens the node, too', /itemName/.test(await answered()))
  await paste('Operations', '{\n  list_\n}')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('End')
  await page.keyboard.type('I')
  await page.locator('.cm-tooltip-autocomplete').waitFor()
  await see('42-graphql-completion')
  await page.keyboard.press('Escape')

  // A party that has a node's key only
  const party = await open(url, { viewport: size, colorScheme: theme })
  await party.signIn(key)
  await party.page.getByRole('link', { name: 'GraphQL', exact: true }).click()
  await party.page.getByText('mutation move @vendia_transaction').waitFor()
  check('a node has its own API only', await party.page.getByLabel('Node').isDisabled())
  await party.page.getByRole('link', { name: 'Ledger', exact: true }).click()
  await party.page.getByRole('button', { name: 'Verify the whole ledger' }).click()
  await party.page.locator('.verdict-right').waitFor()
  for (const fault of party.faults) check('as a party', false, fault)
  await party.close()
  await page.goto(`${url}/ui/db/${database}:${name}/unis`)
  await page.getByText('This database is itself a uni.').waitFor()
  await see('42-uni-inside')
  await go('')

  // The ledger
  await page.getByRole('link', { name: 'Ledger', exact: true }).click()
  await page.getByText('2 blocks', { exact: true }).waitFor()
  await see('43-ledger')
  await button('Verify the whole ledger').click()
  await page.locator('.verdict-right').waitFor()
  await see('44-ledger-verified')
  await button('Still so?').click()
  await page.getByText('The ledger of 2 blocks continues it.').waitFor()
  await page.locator('.ledger-panel .rows-opener').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/000000000000001/)
  await page.locator('.step').first().waitFor()
  check('the block is verified step by step', (await page.locator('.step').count()) === 6 && (await page.locator('.step-failed').count()) === 0)
  const text = await page.locator('.transaction-text').first().textContent()
  check('the block has the group', /^mutation m\{/.test(text) && /quantityWarehouse2: 10/.test(text), text)
  await see('45-block')
  await button('Prove it').click()
  await page.locator('.transaction-proof .verdict-right').waitFor()
  await see('46-block-proved')
  // A server that lies about a block is found out.
  await page.route('**/ui/api/ledger/block?*', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: (await answer.text()).replace('quantityWarehouse2: 10', 'quantityWarehouse2: 11') })
  })
  await page.reload()
  await page.locator('.verdict-wrong').waitFor()
  check('a changed text is named', /did not sign transaction/.test(await page.locator('.step-failed').first().textContent()))
  await see('47-block-forged')
  await page.unroute('**/ui/api/ledger/block?*')
  await page.route('**/ui/api/ledger/export?*', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: (await answer.text()).replace('quantityWarehouse2: 10', 'quantityWarehouse2: 11') })
  })
  await go(`/ledger/${name}`)
  await button('Verify the whole ledger').click()
  await page.getByText('Refused').waitFor()
  check('and so it is in the whole ledger', /signature/.test(await page.locator('.trusted .causes').textContent()))
  await see('48-ledger-forged')
  await page.unroute('**/ui/api/ledger/export?*')
  await go(`/ledger/${name}/000000000000099`)
  await page.getByRole('alert').waitFor()
  await see('49-block-missing')

  // The uni
  await page.getByRole('link', { name: 'Unis', exact: true }).first().click()
  await page.getByRole('link', { name, exact: true }).waitFor()
  await see('50-unis')
  await page.getByRole('link', { name, exact: true }).click()
  await page.getByText('Public key').first().waitFor()
  await see('51-uni')
  await button('Add API key of Shop').click()
  await page.getByLabel('Name', { exact: true }).fill('ci')
  await button('Make the key').click()
  await page.locator('.dialog .copied').waitFor()
  await see('52-uni-key')
  await button('I have stored it').click()
  await page.getByRole('radio', { name: 'Model' }).click()
  await page.locator('.members-entity').waitFor()
  await see('53-uni-model')
  await page.getByRole('radio', { name: 'Change it' }).click()
  await paste('New JSON Schema', schema.replace('"itemName"', '"itemLabel"'))
  await button('Check').click()
  await page.getByText('It takes away what the uni has:').waitFor()
  check('a change that takes away cannot be applied', await button('Apply').isDisabled())
  await see('54-uni-breaking')
  await paste('New JSON Schema', schema.replace('"itemName"', '"colour": {"type": "string"}, "itemName"'))
  await button('Check').click()
  await page.getByText('It only adds').waitFor()
  await see('55-uni-change')
  await button('Apply').click()
  await page.locator('.members code', { hasText: 'colour' }).waitFor()
  await button('Delete').click()
  await page.getByLabel(`Type ${name} to delete it`).fill(name.slice(1))
  check('the name has to be typed', await button(`Delete ${name}`).isDisabled())
  await see('56-uni-delete')
  await page.getByLabel(`Type ${name} to delete it`).fill(name)
  await button(`Delete ${name}`).click()
  await page.getByText('No unis yet').waitFor()
  await d.close()
  for (const fault of d.faults.filter((f) => !/status of (400|404)/.test(f))) check(`${size.width} ${theme}`, false, fault)
}

await everyLook(tour, [looks.light, looks.narrowDark])
verdict.end('unis as they should be')
