// Uses the uni of uni.json through @vendia/client.
// usage: node vendia.mjs pull, which writes the schema that the client is generated of; then use
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)

const node = JSON.parse(readFileSync('uni.json')).nodes[0]
const schema = '.vendia/schema.graphql'

// pull asks the node for its schema. The generator insists on files, folders and contracts,
// which Seriatim leaves out, so their definitions come from the generator's own copy of
// the system's schema; nothing that the node has is replaced.
async function pull() {
  const { buildClientSchema, getIntrospectionQuery, parse, print, printSchema } = require('graphql')
  const answer = await fetch(node.url, {
    method: 'POST', headers: { authorization: node.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  })
  const { data } = await answer.json()
  const ours = parse(printSchema(buildClientSchema(data)))
  const theirs = parse(readFileSync('node_modules/@vendia/codegen-tools/dist/generic-schema.graphql', 'utf8'))
  const definitions = [...ours.definitions]
  const at = new Map(definitions.map((d, i) => [d.name?.value, i]))
  for (const d of theirs.definitions) {
    if (d.kind === 'SchemaDefinition') continue
    const i = at.get(d.name.value)
    if (i === undefined) {
      definitions.push(d)
    } else if (['Query', 'Mutation', 'Subscription'].includes(d.name.value)) {
      const has = new Set(definitions[i].fields.map((f) => f.name.value))
      const more = d.fields.filter((f) => !has.has(f.name.value))
      const missing = more.map((f) => f.name.value).filter((name) => name.includes('Vendia_') && !/File|Folder|Contract|EraseTask|Subscription/.test(name))
      if (missing.length > 0) throw new Error(`the node's ${d.name.value} has no ${missing.join(', ')}`)
      definitions[i] = { ...definitions[i], fields: [...definitions[i].fields, ...more] }
    }
  }
  writeFileSync(schema, print({ kind: 'Document', definitions }))
}

let failures = 0
function check(what, got, want) {
  const [a, b] = [got, want].map((v) => JSON.stringify(v))
  if (a === b) return
  failures++
  console.log(`FAILED ${what}\n   got ${a}\n  want ${b}`)
}

async function use() {
  const { createVendiaClient } = require('@vendia/client')
  const client = createVendiaClient({ apiUrl: node.url, websocketUrl: node.url.replace(/^http/, 'ws'), apiKey: node.apiKey, retries: 0 })
  const { inventory } = client.entities
  const { result } = await inventory.add({ itemName: 'Pears', quantity: 4 })
  check('add', [result.itemName, result.quantity, result._owner], ['Pears', 4, 'Warehouse'])
  let tell
  const told = new Promise((yes) => { tell = yes })
  inventory.onUpdate(tell)
  const again = setInterval(() => inventory.update({ _id: result._id, quantity: 3 }), 300) // until the subscription has begun
  const event = await Promise.race([told, new Promise((yes) => setTimeout(() => yes({ late: true }), 20_000))])
  clearInterval(again)
  check('onUpdate', [event.error, event.result?.quantity], [null, 3])
  check('get', (await inventory.get(result._id)).quantity, 3)
  check('list', (await inventory.list({ filter: { itemName: { eq: 'Pears' } } })).items.map((i) => i._id), [result._id])
  check('put', (await inventory.put({ _id: result._id, itemName: 'Plums' })).result.quantity, null)
  check('a violation', await inventory.add({ quantity: -1 }).then(() => 'taken', (e) => e.response.errors[0].extensions.keyword), 'minimum')
  await inventory.remove(result._id)
  check('remove', (await inventory.list()).items, [])
  check('blocks', (await client.blocks.list()).items.length >= 4, true)
  check('uniInfo', (await client.uniInfo.get()).name, 'test-client')
  console.log(`@vendia/client: add, get, list, put, update, remove, onUpdate, blocks, uniInfo; ${failures} failures`)
  process.exit(failures > 0 ? 1 : 0)
}

await { pull, use }[process.argv[2]]()
