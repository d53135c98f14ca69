import { expect, test } from 'vitest'
import { linkOf } from './links'
import { Ref } from './types'
import { clock, toldMicros, toldText } from './when'

const native = (id: string) => new Ref(id)
const eu = new Ref('eu', native('databases'), new Ref('shop', native('databases')))

test.each<[name: string, ref: Ref, to: string, text: string | undefined, mark: string, label: string]>([
  ['a document', new Ref('7', new Ref('people', native('collections'))), '/db/a:b/collections/people/7', undefined, 'Ref', 'people/7'],
  ['one elsewhere', new Ref('7', new Ref('people', native('collections'), eu)), '/db/a:b:shop:eu/collections/people/7', undefined, 'Ref', 'shop/eu/people/7'],
  ['a collection', new Ref('people', native('collections')), '/db/a:b/collections/people', undefined, 'Collection', 'people'],
  ['a database', eu, '/db/a:b:shop:eu', undefined, 'Database', 'shop/eu'],
  ['a function', new Ref('f', native('functions')), '/db/a:b/functions/f', undefined, 'Function', 'f'],
  ['a function elsewhere', new Ref('f', native('functions'), eu), '/db/a:b:shop:eu/functions/f', undefined, 'Function', 'shop/eu/f'],
  ['a key', new Ref('12', native('keys')), '/db/a:b/shell', 'Get(Ref(Keys(), "12"))', 'Key', '12'],
  ['all collections', native('collections'), '/db/a:b/collections', undefined, 'Collection', 'Collections()'],
  ['all roles', native('roles'), '/db/a:b/shell', 'Paginate(Roles())', 'Collection', 'Roles()'],
])('%s', (_, ref, to, text, mark, label) => {
  const link = linkOf(['a', 'b'], ref)
  expect(link).toMatchObject({ to, mark, label })
  expect(link.search?.text).toBe(text)
})

test.each([
  [0, '1970-01-01T00:00:00.000000Z'],
  [1795305784721871, '2026-11-22T00:03:04.721871Z'],
  [-1, '1969-12-31T23:59:59.999999Z'],
  [9e18, '9000000000000000000'],
])('%d microseconds', (micros, exact) => expect(toldMicros(micros).exact).toBe(exact))

test.each(['2020-01-02T03:04:05.123456789Z', '2020-01-02T03:04:05Z', 'no time'])('%s keeps its digits', (text) =>
  expect(toldText(text).exact).toBe(text),
)

test('the clock is the end of the local time', () => {
  const micros = 1795305784721871
  expect(toldMicros(micros).local.endsWith(clock(micros))).toBe(true)
  expect(clock(micros)).toMatch(/^\d\d:\d\d:\d\d$/)
})
