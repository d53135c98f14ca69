// Uses a uni as programs do: graphql-request and graphql-ws against two of its nodes.
// usage: node graphql.mjs UNI.json, what "seriatim uni create --json" printed. Beside it
// are key.pem and cert.pem, for the receiver of webhooks; the id of the item is left in
// the file "item".
import { createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import { batchRequests, ClientError, gql, GraphQLClient } from 'graphql-request'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

const uni = JSON.parse(readFileSync(process.argv[2]))
const [warehouse, shop] = uni.nodes
const deadline = 10_000
let failures = 0, checks = 0

const print = (v) => inspect(v, { depth: null, breakLength: Infinity, compact: true, sorted: true })
function check(what, got, want) {
  checks++
  if (print(got) === print(want)) return
  failures++
  console.log(`FAILED ${what}\n   got ${print(got)}\n  want ${print(want)}`)
}
const within = (promise, what) => {
  let timer
  const late = new Promise((_, no) => { timer = setTimeout(() => no(new Error(`${what}: nothing within ${deadline} ms`)), deadline) })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
const failing = (promise) => promise.then((v) => { throw new Error(`answered ${print(v)}`) }, (e) => e)
const connect = (node, headers = {}) => new GraphQLClient(node.url, { headers: { authorization: node.apiKey, ...headers } })
const [A, B] = [connect(warehouse), connect(shop)]

const ITEM = gql`query q($id: ID!) @vendia_transaction { get_Inventory(id: $id) { _id _owner itemName quantityWarehouse1 quantityWarehouse2 } }`
const TWO = (directive, second = '$w2') => gql`
  mutation m($id: ID!, $w1: Int, $w2: Int) ${directive} {
    warehouse1: update_Inventory(id: $id, syncMode: NODE_LEDGERED, input: {quantityWarehouse1: $w1, lastUpdated: "2021-12-06T18:30:00Z"}) { result { _id } }
    warehouse2: update_Inventory(id: $id, syncMode: NODE_LEDGERED, input: {quantityWarehouse2: ${second}, lastUpdated: "2021-12-06T18:30:00Z"}) { result { _id } }
  }`
const BLOCKS = gql`query blocks { listVendia_BlockItems(limit: 1000) { Vendia_BlockItems { blockId transactions { _id _owner mutations } } nextToken } }`

// blocks returns the ledger, oldest first.
async function blocks() {
  const { listVendia_BlockItems: { Vendia_BlockItems: all } } = await B.request(BLOCKS)
  return all.sort((a, b) => a.blockId.localeCompare(b.blockId))
}
const transactions = async () => (await blocks()).flatMap((b) => b.transactions)
async function added(f) {
  const before = (await transactions()).length
  await f()
  return (await transactions()).slice(before)
}
const quantities = async (c, id) => {
  const { get_Inventory: i } = await c.request(ITEM, { id })
  return [i.quantityWarehouse1, i.quantityWarehouse2]
}

async function posts() {
  const { list_InventoryItems: { _InventoryItems: [item] } } = await A.request(gql`{ list_InventoryItems(filter: {itemNumber: {eq: "fb-1"}}) { _InventoryItems { _id itemName } } }`)
  check('the initial state', item.itemName, 'Fruit basket')
  const id = item._id
  writeFileSync(join(dirname(process.argv[2]), 'item'), id)
  const update = (w1, w2) => `updateSelf_Inventory(id:"${id}",input: {lastUpdated: "2021-12-06T18:30:00Z", ${w1 === undefined ? `quantityWarehouse2: ${w2}` : `quantityWarehouse1: ${w1}`}}){error}`

  let made = await added(async () => {
    const answer = await A.request(TWO(''), { id, w1: 90, w2: 10 })
    check('the sample without the directive', answer, { warehouse1: { result: { _id: id } }, warehouse2: { result: { _id: id } } })
  })
  check('is two transactions', made.map((t) => [t._owner, t.mutations]), [['Warehouse', [update(90)]], ['Warehouse', [update(undefined, 10)]]])

  made = await added(() => B.request(TWO('@vendia_transaction'), { id, w1: 80, w2: 20 }))
  check('with it, one', made.map((t) => [t._owner, t.mutations]),
    [['Shop', [`mutation m{warehouse1: ${update(80)}\nwarehouse2: ${update(undefined, 20)}}`]]])

  let e
  made = await added(async () => { e = await failing(A.request(TWO('@vendia_transaction'), { id, w1: 70, w2: -10 })) })
  check('a violated constraint is an error of GraphQL', [e instanceof ClientError, e.response.status], [true, 200])
  check('that names the operation', e.response.errors.map((x) => x.path).filter((p) => p?.[0] === 'warehouse2').length > 0, true)
  check('and the constraint', e.response.errors.some((x) => x.extensions.keyword === 'minimum' && x.extensions.limit === 0), true)
  check('and nothing happened', [made, await quantities(B, id)], [[], [80, 20]])

  made = await added(async () => { e = await failing(A.request(TWO(''), { id, w1: 70, w2: -10 })) })
  check('without the directive the first is applied', [made.length, await quantities(B, id), e.response.data.warehouse1.result._id], [1, [70, 20], id])

  const [a, b] = await Promise.all([quantities(A, id), quantities(B, id)])
  check('both nodes say the same', a, b)
  e = await failing(A.request(gql`mutation m @vendia-transaction { remove_Inventory(id: "x") { transaction { transactionId } } }`))
  check('the seldom spelling is told the right one', e.response.errors[0].message.includes('@vendia_transaction'), true)
  e = await failing(A.request(gql`{ list_InventoryItem { nextToken } }`))
  check('did you mean', /did you mean/i.test(e.response.errors[0].message), true)
  e = await failing(connect({ ...warehouse, apiKey: 'wrong' }).request(ITEM, { id }))
  check('a wrong key', [e.response.status, e.response.message ?? JSON.parse(e.response.body ?? '{}').message], [403, 'Forbidden'])
  e = await failing(connect({ ...warehouse, apiKey: shop.apiKey }).request(ITEM, { id }))
  check("another node's key", e.response.status, 403)

  const batch = await batchRequests(A.url, [{ document: ITEM, variables: { id } }, { document: gql`{ __typename }` }], { authorization: warehouse.apiKey })
  check('a batch', batch.map((r) => Object.keys(r.data)), [['get_Inventory'], ['__typename']])

  const once = connect(warehouse, { 'idempotency-key': 'one-and-the-same' })
  const add = gql`mutation { add_Inventory(input: {itemName: "Nuts", itemNumber: "n-1", quantityWarehouse1: 1}) { result { _id } transaction { transactionId } } }`
  check('a repeated request', await once.request(add), await once.request(add))
  const { list_InventoryItems: nuts } = await A.request(gql`{ list_InventoryItems(filter: {itemName: {eq: "Nuts"}}) { _InventoryItems { _id } } }`)
  check('happens once', nuts._InventoryItems.length, 1)
  console.log('queries and mutations: the sample, with and without the directive, refusals, batches, repeats')
  return id
}

// follow subscribes and returns next(), the next result, and end().
function follow(client, query, variables) {
  const held = [], waiting = []
  const put = (r) => (waiting.length ? waiting.shift()(r) : held.push(r))
  const end = client.subscribe({ query, variables }, { next: put, error: (errors) => put({ failed: errors }), complete: () => put({ complete: true }) })
  return { next: () => within(held.length ? held.shift() : new Promise((yes) => waiting.push(yes)), query), end }
}

const sockets = (node, options = {}) => createClient({
  url: node.url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, connectionParams: { apiKey: node.apiKey }, retryAttempts: 0, lazy: false, onNonLazyError: () => {}, ...options,
})
const opened = (options, node) => within(new Promise((yes) => { const c = sockets(node, { ...options, on: { ...options.on, connected: () => yes(c) } }) }), 'a connection')

const NEWS = gql`subscription s($after: String) { onAddVendia_Block(after: $after) { result { blockId transactions { _owner mutations } } } }`

async function subscriptions(id) {
  let socket
  const client = await opened({ on: { opened: (s) => { socket = s } } }, shop)
  const once = (query, variables) => { const f = follow(client, query, variables); return f.next() }
  const { data } = await once(ITEM, { id })
  check('a query over the socket', data.get_Inventory._id, id)
  const set = (n) => A.request(gql`mutation m($id: ID!, $n: Int) { update_Inventory(id: $id, input: {quantityWarehouse1: $n}) { result { quantityWarehouse1 } } }`, { id, n })

  const after = (await blocks()).at(-1).blockId
  const news = follow(client, NEWS, { after })
  const rows = follow(client, gql`subscription s($after: String) { onUpdate_Inventory(after: $after) { error result { _id quantityWarehouse1 } } }`, { after })
  await set(1)
  const first = (await news.next()).data.onAddVendia_Block.result
  check('a block', first.transactions, [{ _owner: 'Warehouse', mutations: [`updateSelf_Inventory(id:"${id}",input: {quantityWarehouse1: 1}){error}`] }])
  check('a row', (await rows.next()).data.onUpdate_Inventory, { error: null, result: { _id: id, quantityWarehouse1: 1 } })
  const made = await once(gql`mutation m($id: ID!) { update_Inventory(id: $id, input: {quantityWarehouse1: 2}) { result { quantityWarehouse1 } } }`, { id })
  check('a mutation over the socket', made.data.update_Inventory.result.quantityWarehouse1, 2)
  const second = (await news.next()).data.onAddVendia_Block.result
  check('and its block', second.transactions[0]._owner, 'Shop')
  const e = await once(gql`subscription { onUpdate_Nothing { error } }`)
  check('a subscription to nothing', [Array.isArray(e.failed), e.failed?.length > 0], [true, true])

  socket.terminate()
  check('a cut connection ends the subscription', (await news.next()).failed !== undefined, true)
  for (const n of [3, 4, 5]) await set(n)
  const again = await opened({}, shop)
  const missed = follow(again, NEWS, { after: second.blockId })
  const seen = []
  for (const n of [3, 4, 5]) seen.push((await missed.next()).data.onAddVendia_Block.result.transactions[0].mutations[0].match(/quantityWarehouse1: (\d+)/)[1] === String(n))
  check('what was missed comes in order', seen, [true, true, true])
  await set(6)
  check('and then what is new', (await missed.next()).data.onAddVendia_Block.result.transactions[0].mutations[0].includes('quantityWarehouse1: 6'), true)
  missed.end()
  await again.dispose()

  const closed = (params) => within(new Promise((yes) => sockets(shop, { connectionParams: params, on: { closed: (event) => yes([event.code, event.reason]) } })), 'a close')
  check('a wrong key', await closed({ apiKey: 'wrong' }), [4403, 'Forbidden'])
  check('no key', await closed({}), [4403, 'Forbidden'])
  const raw = new WebSocket(shop.url.replace(/^http/, 'ws'), 'graphql-transport-ws')
  raw.on('open', () => raw.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } })))
  check('an operation before the introduction', await within(new Promise((yes) => raw.on('close', yes)), 'a close'), 4401)
  console.log('subscriptions: blocks and rows, queries and mutations beside them, a cut connection resumed, refusals')
}

// webhooks receives what a node is told, refusing the first of each kind.
async function webhooks(id) {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(dirname(process.argv[2]), name)))
  const { secret } = await (await fetch(shop.url.replace(/graphql$/, 'webhook-secret'), { headers: { authorization: shop.apiKey } })).json()
  const got = { block: [], 'dead-letter': [] }, refused = {}
  let unsigned = 0
  const receiver = createServer({ key, cert }, async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const { t, v1 } = Object.fromEntries(request.headers['seriatim-signature'].split(',').map((pair) => pair.split('=')))
    if (createHmac('sha256', secret).update(`${t}.${body}`).digest('hex') !== v1) unsigned++
    const event = request.headers['seriatim-event']
    response.statusCode = refused[event] ? 204 : 503
    if (refused[event]) got[event].push(JSON.parse(body))
    refused[event] = true
    response.end()
  })
  await new Promise((yes) => receiver.listen(0, '127.0.0.1', yes))
  const address = `https://127.0.0.1:${receiver.address().port}/`
  await B.request(gql`mutation m($a: [String]) { updateVendia_Settings(input: {blockReportWebhooks: $a, deadLetterWebhooks: $a}, syncMode: NODE_LEDGERED) { transaction { transactionId } } }`, { a: [address] })
  const wrong = gql`mutation m($id: ID!) { update_Inventory(id: $id, input: {quantityWarehouse1: -1}) { result { _id } } }`
  const until = Date.now() + 30_000
  for (let n = 100; (got.block.length === 0 || got['dead-letter'].length === 0) && Date.now() < until; n++) { // they are told from when the settings are seen
    await A.request(gql`mutation m($id: ID!, $n: Int) { update_Inventory(id: $id, input: {quantityWarehouse1: $n}) { result { _id } } }`, { id, n })
    await failing(B.request(wrong, { id }))
    await new Promise((yes) => setTimeout(yes, 200))
  }
  const [block] = got.block, [letter] = got['dead-letter']
  check('a block is told', [block?.mutations.map((m) => m._owner), block?.part, block?.totalParts, block?.blockId.length], [['Warehouse'], 1, 1, 15])
  const { listVendia_BlockItems: { Vendia_BlockItems: [told] } } = await B.request(gql`query q($id: String) { listVendia_BlockItems(filter: {blockId: {eq: $id}}) { Vendia_BlockItems { blockHash transactions { _id } } } }`, { id: block.blockId })
  check('and is that of the ledger', [block.blockHash, block.mutations.map((m) => m._id)], [told.blockHash, told.transactions.map((t) => t._id)])
  check('a failed transaction is told', [letter?.owner, letter?.status, letter?.mutation], ['Shop', 'Failed', `updateSelf_Inventory(id:"${id}",input: {quantityWarehouse1: -1}){error}`])
  check('all signed', unsigned, 0)
  receiver.close()
  receiver.closeAllConnections()
  console.log('webhooks: blocks and dead letters, signed, tried again')
}

const id = await posts()
await subscriptions(id)
await webhooks(id)
console.log(`${checks} checks, ${failures} failures`)
process.exit(failures > 0 ? 1 : 0)
