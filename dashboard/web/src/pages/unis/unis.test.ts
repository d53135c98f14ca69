import { describe, expect, test } from 'vitest'
import { addressOf } from './api'
import { differenceOf, membersOf } from './difference'
import { example } from './example'
import { expiryIn, keyLine } from './keys'
import { nodeToBegin, placeToBegin } from './place'
import { emptyDraft, parse, pretty, registrationOf, take } from './registration'

const schema = JSON.parse(example.schema) as { properties: Record<string, unknown> }

describe('files become a draft', () => {
  const registration = { name: 'shop', nodes: [{ name: 'A', region: 'eu' }], schema: 'model/schema.json', initState: 'state.json', type: 'x' }

  test('a registration with the files that it names', () => {
    const files = [
      { name: 'state.json', text: example.state },
      { name: 'registration.json', text: pretty(registration) },
      { name: 'schema.json', text: example.schema },
    ]
    const { draft, problems } = take(emptyDraft, files)
    expect(problems).toEqual([])
    expect(registrationOf(draft)).toEqual({
      body: { type: 'x', name: 'shop', schema, initState: JSON.parse(example.state) as unknown, nodes: [{ region: 'eu', name: 'A' }] },
      problems: [],
    })
  })

  test('a registration alone names what is missing', () => {
    expect(take(emptyDraft, [{ name: 'r.json', text: pretty(registration) }]).problems).toEqual([
      "The registration names the schema's file model/schema.json. Add that file, too.",
      "The registration names the initial state's file state.json. Add that file, too.",
    ])
  })

  test('everything inline', () => {
    const { draft, problems, notes } = take(emptyDraft, [{ name: 'pasted', text: pretty({ ...registration, schema, initState: { Inventory: [] } }) }])
    expect([problems, notes]).toEqual([[], ['pasted is a registration of 1 node.']])
    expect([draft.name, JSON.parse(draft.schema), JSON.parse(draft.state)]).toEqual(['shop', schema, { Inventory: [] }])
  })

  test('a schema alone leaves the rest', () => {
    const { draft } = take({ ...emptyDraft, name: 'kept' }, [{ name: 's.json', text: example.schema }])
    expect([draft.name, draft.schema]).toEqual(['kept', example.schema])
  })

  test('what is no JSON', () => {
    const { draft, problems } = take(emptyDraft, [{ name: 's.json', text: '{\n  "a": }' }, { name: 'l.json', text: '[]' }])
    expect(draft).toBe(emptyDraft)
    expect(problems[0]).toContain('s.json: Unexpected token')
    expect(problems[1]).toBe('l.json: it is no JSON object')
  })

  test('what is missing is named', () => {
    expect(registrationOf(emptyDraft).problems).toEqual(['The uni needs a name.', 'Each node needs a name.', 'The uni needs a JSON Schema.'])
  })
})

test('why a text is no JSON', () => {
  expect(parse('{}').problem).toBeUndefined()
  expect(parse('{\n "a": x}').problem).toBe("Unexpected token 'x'")
})

describe('schemas differ', () => {
  const item = (properties: object, more: object = {}) => ({ type: 'object', properties: { Item: { type: 'array', items: { type: 'object', properties, ...more } } } })
  const before = item({ name: { type: 'string' }, n: { type: 'integer', minimum: 0 } })

  test.each([
    ['in nothing', before, []],
    ['in a description', item({ name: { type: 'string', description: 'new' }, n: { type: 'integer', minimum: 0 } }), []],
    ['by a property', item({ name: { type: 'string' }, n: { type: 'integer', minimum: 0 }, c: { type: 'string' } }), ['added Item.c string']],
    ['by one less', item({ name: { type: 'string' } }), ['removed Item.n integer, minimum 0']],
    ['by a rule', item({ name: { type: 'string' }, n: { type: 'integer', minimum: 1 } }), ['changed Item.n integer, minimum 0 -> integer, minimum 1']],
    ['by what is required', item({ name: { type: 'string' }, n: { type: 'integer', minimum: 0 } }, { required: ['n'] }), ['changed Item.n integer, minimum 0 -> integer, minimum 0, required']],
    ['by an index', { ...before, 'x-vendia-indexes': { Item: [] } }, ['added x-vendia-indexes {"Item":[]}']],
  ])('%s', (_, after, want) => {
    const told = differenceOf(before, after).map(({ kind, path, before, after }) => `${kind} ${path} ${[before, after].filter((t) => t !== undefined).join(' -> ')}`)
    expect(told).toEqual(want)
  })

  test('references are followed, and those that lead back are not followed again', () => {
    const tree = { definitions: { T: { type: 'object', properties: { next: { $ref: '#/definitions/T' }, v: { type: 'string' } } } }, properties: { Tree: { $ref: '#/definitions/T' } } }
    expect(membersOf(tree).map(({ path, text }) => `${path} ${text}`)).toEqual(['Tree object', 'Tree.next object', 'Tree.v string'])
  })
})

test('addresses leave out what is not given', () => {
  expect(addressOf('unis', { database: '' })).toBe('unis')
  expect(addressOf('graphql', { database: 'a/b', uni: 'x y', node: 'N' }, { z: '1' })).toBe('graphql?database=a%2Fb&uni=x+y&node=N&z=1')
})

test('a public key as a verifier takes it', async () => {
  // The example of docs/ledger.md.
  const line = 'Shop+8ce15116+AcdV6gX+hZcSSu9CBwrNTFkLxh2MsVkkIzWVtDb3NRQY'
  const publicKey = Buffer.from('AcdV6gX+hZcSSu9CBwrNTFkLxh2MsVkkIzWVtDb3NRQY', 'base64').subarray(1).toString('base64')
  expect(await keyLine({ name: 'Shop', publicKey })).toBe(line)
})

test('when a key ends', () => {
  const now = Date.parse('2026-11-22T10:00:00.123Z')
  expect([expiryIn(undefined, now), expiryIn(30, now)]).toEqual([undefined, '2026-12-22T10:00:00Z'])
})

test('where the pages begin', () => {
  const node = (name: string) => ({ name, status: 'RUNNING', publicKey: '', path: '' })
  const uni = { name: 'u', identity: '', type: '', status: '', createdTime: '', updatedTime: '', nodes: [node('A'), node('B')], local: ['B'] }
  expect([nodeToBegin(uni), nodeToBegin({ ...uni, local: [] })]).toEqual(['B', 'A'])
  expect([placeToBegin('none', []), placeToBegin('one', [uni]), placeToBegin('one', [uni], 'A')]).toEqual([undefined, { uni: 'u', node: 'B' }, { uni: 'u', node: 'A' }])
})

test('numbers of a schema keep their digits', () => {
  const text = '{\n  "type": "object",\n  "properties": {\n    "n": {\n      "maximum": 9007199254740993\n    }\n  }\n}'
  const { body } = registrationOf({ ...emptyDraft, name: 'u', nodes: [{ name: 'A', rest: {} }], schema: text })
  expect(pretty((body as { schema: unknown }).schema)).toBe(text)
  expect(differenceOf(parse(text).value, parse(text.replace('993', '992')).value)[0]).toMatchObject({ before: 'anything, maximum 9007199254740993', after: 'anything, maximum 9007199254740992' })
})
