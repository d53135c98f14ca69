// Looks for documents in the dashboard as a person would: by a scan, by an index, in the order
// of an index, further than one look, and from the shape of the data; and walks long lists by
// keyboard. Pages are looked at in light and dark, wide and narrow. usage: node collections.mjs URL
import { everyLook, looks, open } from './browser.mjs'
import { Verdict } from './look.mjs'

const [url] = process.argv.slice(2)
const verdict = new Verdict()
const check = (...all) => verdict.check(...all)

const count = 1300
const numbers = (from, to) => JSON.stringify(Array.from({ length: to - from }, (_, i) => from + i))
const people = Array.from({ length: Math.ceil(count / 400) }, (_, i) => [i * 400, Math.min(count, (i + 1) * 400)])
  .map(
    ([from, to]) => `Foreach(${numbers(from, to)}, Lambda("i", Create(Ref(Collection("people"), Add(1000, Var("i"))), {data: {
  number: Var("i"), city: If(LT(Modulo(Var("i"), 10), 3), "Oslo", "Lisbon"), "a.b": [Modulo(Var("i"), 7)],
  deep: If(Equals(Var("i"), 1222), {er: "only here"}, {})
}})));`,
  )
  .join('\n')
const seed = `
CreateCollection({name: "people"});
CreateIndex({name: "people_by_city", source: Collection("people"), terms: [{field: ["data", "city"]}]});
CreateIndex({name: "people_by_number", source: Collection("people"), values: [{field: ["data", "number"]}, {field: ["ref"]}]});
Foreach(${numbers(0, 300)}, Lambda("i", CreateCollection({name: Concat(["many_", ToString(Var("i"))])})));
${people}
"done"`

/** Only the first tour follows a list to its end. */
async function tour(size, theme, suffix) {
  const d = await open(url, { viewport: size, colorScheme: theme })
  const database = `people${suffix}`
  const whole = suffix === ''
  const { page } = d
  const button = (label) => page.getByRole('button', { name: label, exact: true })
  const go = (path) => page.goto(`${url}/ui/db/${database}${path}`)
  const told = async (text) => page.getByText(text).first().waitFor()
  const focused = () => page.evaluate(() => document.activeElement?.textContent)
  const see = async (what) => {
    await page.mouse.move(2, 2)
    await verdict.see(page, what, size, theme)
  }
  const condition = async (number, field, operator, value) => {
    const line = page.getByRole('group', { name: `Condition ${number}` })
    await line.getByLabel('Field').fill(field)
    await line.getByLabel('Operator').selectOption(operator)
    if (value !== undefined) await line.getByLabel('Value').fill(value)
  }

  await d.signIn('secret')
  await d.newDatabase(database)
  await d.shell()
  const { err } = await d.runText(seed)
  check('the seed', err === '', err)

  // A list of any length, by keyboard
  await go('/collections/people')
  await told('100 of 1,000+ documents')
  await page.locator('.rows-opener').first().focus()
  for (let at = 100; whole && at < count; at += 100) {
    await page.keyboard.press('End')
    await told(at + 100 >= count ? '1,300 documents' : new RegExp(`^${(at + 100).toLocaleString('en')}( of 1,000)?\\+`))
  }
  await page.keyboard.press('End')
  if (whole) await page.waitForFunction(() => document.activeElement?.textContent === '2299')
  check('few rows are drawn', (await page.locator('tbody tr').count()) < 120)
  await see('90-many-documents')
  await page.keyboard.press('Home')
  await page.waitForFunction(() => document.activeElement?.textContent === '1000')

  // A scan, and FQL as it is written
  await button('Filter').click()
  await condition(1, 'deep.er', 'begins', 'only')
  await told('A scan: no index narrows this')
  check('the query is shown', /Paginate\(Documents\(Collection\("people"\)\)/.test(await page.locator('.filter-bar-query').textContent()))
  await see('91-filter')
  await page.keyboard.press('Enter')
  await told('1 found. 1,300 documents were looked at, which are all.')
  check('the document', (await page.getByRole('link', { name: '2222' }).count()) === 1)

  // By an index, with a second condition, from a URL
  await condition(1, 'data.city', 'is', 'Oslo')
  await told('Uses the index people_by_city')
  await button('And').click()
  await condition(2, 'data."a.b"', 'has', '6')
  await button('Apply').click()
  await told('55 found. 390 documents were looked at, which are all.')
  await see('92-filter-index')
  await page.reload()
  await told('55 found.')
  await page.goBack()
  await told('1 found.')

  // A range, in the order of the index, further than one look
  await go(`/collections/people?sort=-people_by_number`)
  await told('Order')
  await page.getByText('1299', { exact: true }).first().waitFor()
  await condition(1, 'number', 'below', 'Subtract(1000, 998)')
  await button('Apply').click()
  await told('2 found. 3 documents were looked at')
  check('the largest first', (await page.locator('.rows-opener').allTextContents()).join() === '1001,1000')
  await condition(1, 'number', 'is', '"2"')
  await button('Apply').click()
  await told('No document is like this')
  await see('93-filter-none')
  await condition(1, 'number', 'is', '"2')
  await told('The quotation mark is not closed')
  await see('94-filter-wrong')

  // The shape, and from a value to its documents
  await go('/collections/people?view=shape')
  await told('1,000 of 1,300 documents')
  await see('95-shape')
  await page.getByRole('link', { name: 'Oslo', exact: true }).click()
  await told('Uses the index people_by_city')
  await told('100')
  await go('/collections/many_1?view=shape')
  await told('No documents')
  await see('96-shape-empty')
  await go('/collections/nowhere?view=shape')
  await told('There is no collection nowhere')

  // Long lists of definitions
  await go('/collections')
  await told('301')
  await page.locator('.rows-opener').first().focus()
  await page.keyboard.press('End')
  await page.waitForFunction(() => document.activeElement?.textContent === 'people')
  check('the last is focused', (await focused()) === 'people')
  await page.getByLabel('Filter by name').fill('many_29')
  await page.getByRole('link', { name: 'many_299' }).waitFor()
  check('the filter narrows', (await page.locator('tbody tr').count()) === 11)
  await see('97-collections-filtered')

  for (const fault of d.faults) check(`${size.width} ${theme}`, false, fault)
  await d.close()
}

await everyLook(tour, [looks.light, looks.narrowDark, looks.phone])
verdict.end('filters and shapes as they should be')
