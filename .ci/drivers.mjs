// Puts the questions of drivers.txt to a server through the official JavaScript driver,
// and uses its paging helpers, streams, errors and options, over one transport.
// usage: node drivers.mjs h2|http1 QUESTIONS URL
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import vm from 'node:vm'

const [transport, questions, url] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const { query: q, values, errors, Client, Expr } = require('faunadb')
const { protocol, hostname, port } = new URL(url)
const deadline = 10_000
let failures = 0, checks = 0

const print = (v) => inspect(v, { depth: null, breakLength: Infinity, compact: true })
function check(what, got, want) {
  checks++
  if (typeof got !== 'string') [got, want] = [print(got), print(want)]
  if (got === want) return
  failures++
  console.log(`FAILED ${what}\n   got ${got}\n  want ${want}`)
}

// connect makes a client. With a fetch of its own the driver speaks HTTP/1.1, otherwise HTTP/2.
const clients = []
function connect(secret, options = {}) {
  const fetch = transport === 'http1' ? { fetch: require('cross-fetch') } : {}
  const c = new Client({ secret, domain: hostname, port: +port, scheme: protocol.slice(0, -1), checkNewVersion: false, ...fetch, ...options })
  clients.push(c)
  return c
}

const within = (promise, what) =>
  Promise.race([promise, new Promise((_, no) => setTimeout(() => no(new Error(`${what}: nothing within ${deadline} ms`)), deadline).unref())])
const failing = (promise) => promise.then((v) => { throw new Error(`answered ${print(v)}`) }, (e) => e)

// told is an error on one line: what the driver makes of it and what the server said.
function told(e) {
  if (!(e instanceof errors.FaunaHTTPError)) throw e
  const one = (x) =>
    `${x.code}${x.position ? ` at ${JSON.stringify(x.position)}` : ''}: ${x.description}` +
    (x.failures ?? []).map((f) => ` ${f.field.join('.')}: ${f.code}`).join('') +
    (x.cause ?? []).map((c) => ` <- ${one(c)}`).join('')
  return `${e.requestResult.statusCode} ${e.name} ${e.errors().map(one).join('; ')}`
}

const root = connect('secret')
const name = `drivers_${transport}`
await root.query(q.CreateDatabase({ name }))
const { secret: admin } = await root.query(q.CreateKey({ database: q.Database(name), role: 'admin' }))
const db = connect(admin)

// ask goes through the questions and remembers which functions of the driver they used.
async function ask() {
  const used = new Set()
  const scope = { Raw: (raw) => new Expr(raw), Uint8Array }
  for (const [f, make] of Object.entries(q)) {
    scope[f] = (...args) => (used.add(f), make(...args))
  }
  const secrets = { admin: db }
  let who = db, group = '', asked = 0
  const report = () => asked && console.log(`${group}: ${asked} questions`)
  const run = (text) => who.query(vm.runInNewContext(`(${text})`, scope))
  const [, lines] = readFileSync(questions, 'utf8').split('\n----\n')
  for (const line of lines.split('\n').filter(Boolean)) {
    const [, text, sign, want] = line.match(/^(.*) (=>|=!) (.*)$/) ?? []
    const [, kept, kind] = line.match(/^(\w+) := (.*)$/) ?? []
    if (line.startsWith('# ')) {
      report()
      group = line.slice(2)
      asked = 0
    } else if (line.startsWith('as ')) {
      const as = line.slice(3)
      who = secrets[as] ??= connect(scope[as])
    } else if (kept && !sign) {
      scope[kept] = await run(kind)
    } else {
      asked++
      check(line, await run(text).then(print, told).catch(String), want)
    }
  }
  report()
  const unused = Object.keys(q).filter((f) => !used.has(f) && f !== 'arity' && f !== 'wrap')
  check('every function of the driver is asked', unused, [])
  console.log(`functions: all ${used.size} of the driver`)
}

async function paging() {
  const numbers = q.Collection('numbers')
  await db.query(q.CreateCollection({ name: 'numbers' }))
  await db.query(q.CreateIndex({ name: 'numbers_by_n', source: numbers, values: [{ field: ['data', 'n'] }] }))
  await db.query(q.Foreach([...Array(25).keys()], q.Lambda('n', q.Create(numbers, { data: { n: q.Var('n') } }))))
  const range = (a, b) => Array.from({ length: b - a }, (_, i) => a + i)
  const set = q.Match(q.Index('numbers_by_n'))
  const pages = (size = 10) => db.paginate(set, { size })
  const seen = []
  await pages().each((page) => seen.push(page))
  check('each', seen, [range(0, 10), range(10, 20), range(20, 25)])
  seen.length = 0
  await pages().eachReverse((page) => seen.push(page))
  check('eachReverse', seen, [range(15, 25), range(5, 15), range(0, 5)])
  const steps = pages()
  check('nextPage', [await steps.nextPage(), await steps.nextPage()], [range(0, 10), range(10, 20)])
  check('previousPage', await steps.previousPage(), range(0, 10))
  seen.length = 0
  await pages(20).map((n) => q.Multiply(n, 2)).filter((n) => q.GT(n, 30)).each((page) => seen.push(page))
  check('map and filter', seen, [[32, 34, 36, 38], [40, 42, 44, 46, 48]])
  console.log('paging: each, eachReverse, nextPage, previousPage, map, filter')
}

// events opens a stream and returns next(), which waits for its next event, and close().
function events(stream, types = ['start', 'version', 'set', 'history_rewrite', 'error']) {
  const held = [], waiting = []
  for (const type of types) {
    stream.on(type, (event, whole) => {
      const e = { type, event, txn: whole?.txn }
      waiting.length ? waiting.shift()(e) : held.push(e)
    })
  }
  stream.start()
  const next = () => within(held.length ? held.shift() : new Promise((yes) => waiting.push(yes)), 'stream')
  return { next, close: () => stream.close() }
}

async function streams() {
  const { ref } = await db.query(q.Create(q.Collection('goods'), { data: { kind: 'nut', price: 1 } }))
  const update = (data) => db.query(q.Update(ref, { data }))

  let s = events(db.stream(ref, { fields: ['action', 'document', 'diff', 'prev'] }))
  const start = await s.next()
  check('a stream begins with start', [start.type, start.event === start.txn], ['start', true])
  const { ts } = await update({ price: 2 })
  const { type, event, txn } = await s.next()
  check('a version', [type, event.action, txn, event.document.ts], ['version', 'update', ts, ts])
  check('its document, diff and prev', [event.document.data, event.diff.data, event.prev.data], [{ kind: 'nut', price: 2 }, { price: 2 }, { kind: 'nut', price: 1 }])
  await db.query(q.Insert(ref, q.TimeSubtract(q.Now(), 1, 'day'), 'create', { data: { price: 0 } }))
  check('history is rewritten', (await s.next()).type, 'history_rewrite')
  s.close()

  s = events(db.stream(q.Match(q.Index('by_kind'), 'nut'), { fields: ['action', 'document', 'index'] }))
  await s.next()
  const made = await db.query(q.Create(q.Collection('goods'), { data: { kind: 'nut', price: 7 } }))
  const added = await s.next()
  check('a set', [added.type, added.event.action, added.event.document.ref, added.event.index.values], ['set', 'add', made.ref, [7, made.ref]])
  await db.query(q.Delete(made.ref))
  check('a set loses a document', (await s.next()).event.action, 'remove')
  s.close()

  s = events(db.stream.document(ref), ['start', 'snapshot', 'version', 'error'])
  check('stream.document begins with start', (await s.next()).type, 'start')
  const shot = await s.next()
  check('and goes on with a snapshot', [shot.type, shot.event.data.price], ['snapshot', 2])
  await update({ price: 3 })
  check('and what came after', (await s.next()).event.document.data.price, 3)
  await db.query(q.Delete(ref))
  check('up to the end', (await s.next()).event.action, 'delete')
  s.close()

  s = events(db.stream(q.Add(1, 2)))
  check('not a stream', told((await s.next()).event), '400 BadRequest invalid argument at []: Expected a Document Ref or Version, or a Set Ref, got Integer.')
  s = events(db.stream(q.Create(q.Collection('goods'), {})))
  check('not read-only', told((await s.next()).event), '400 BadRequest invalid expression at []: Call performs a write, which is not allowed in stream requests.')
  const key = await db.query(q.CreateKey({ role: 'server' }))
  const other = await db.query(q.Create(q.Collection('goods'), { data: { price: 1 } }))
  s = events(connect(key.secret).stream(other.ref))
  await s.next()
  await db.query(q.Delete(key.ref))
  await db.query(q.Update(other.ref, { data: { price: 2 } }))
  const lost = await s.next()
  check('a key that is gone', [lost.type, lost.event.code ?? lost.event.event?.code], ['error', 'permission denied'])
  s.close()
  console.log('streams: documents, sets, snapshots, rewritten history, what is refused, lost rights')
}

async function options() {
  const results = []
  const observed = connect(admin, { observer: (r) => results.push(r) })
  await observed.query(q.Now())
  const [{ statusCode, responseHeaders: h }] = results
  const http2 = h[':status'] === 200
  check('the transport', [statusCode, http2], [200, transport === 'h2'])
  const { metrics } = await observed.queryWithMetrics(q.Create(q.Collection('goods'), { data: { n: 1 } }))
  check('metrics', Object.values(metrics).every(Number.isInteger), true)
  check('a write is counted', metrics['x-byte-write-ops'] >= 1, true)
  await observed.query(q.Now(), { tags: { shop: 'north' }, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
  const last = results.at(-1).responseHeaders
  check('tags', last['x-fauna-tags'], 'shop=north')
  check('trace', last.traceparent.split('-')[1], '0af7651916cd43dd8448eb211c80319c')
  check('a time limit', told(await failing(db.query(q.Now(), { queryTimeout: 600_001 }))), "400 BadRequest bad request: Invalid header 'x-query-timeout': Must be less than or equal to 600000.")
  const many = [...Array(400).keys()]
  const long = q.Count(q.Map(many, q.Lambda('x', q.Count(q.Map(many, q.Lambda('y', q.Add(q.Var('x'), q.Var('y'))))))))
  check('a time limit that is not enough', told(await failing(db.query(long, { queryTimeout: 1 }))).split(':')[0], '503 UnavailableError time out')
  check('a bad tag', told(await failing(db.query(q.Now(), { tags: { 'no spaces': 1 } }))), "400 BadRequest bad request: Invalid header 'x-fauna-tags': invalid tags")
  check('another secret', told(await failing(db.query(q.Now(), { secret: 'nobody' }))), '401 Unauthorized unauthorized: Unauthorized')
  check('a scoped secret', await root.query(q.Exists(q.Collection('goods')), { secret: `secret:${name}:server-readonly` }), true)
  check('ping', [await db.ping('node'), await db.ping('read', 1000)], ['Scope node is OK', 'Scope read is OK'])
  const before = db.getLastTxnTime()
  await db.query(q.Create(q.Collection('goods'), {}))
  check('the time that is seen grows', db.getLastTxnTime() > before, true)
  const data = { int: 2 ** 53 - 1, double: 0.1, text: 'ñ\u2028"\\', list: [[], {}], bytes: q.Bytes('AP8='), date: new values.FaunaDate('2020-02-29') }
  check('values come back', await db.query(q.Select('data', q.Create(q.Collection('goods'), { data }))), data)
  const all = await Promise.all([...Array(50).keys()].map((n) => db.query(q.Add(n, 1))))
  check('fifty queries at once', all.reduce((a, b) => a + b), 1275)
  const closed = connect(admin)
  await closed.close()
  check('a closed client', (await failing(closed.query(q.Now()))).name, 'ClientClosed')
  console.log(`client: ${http2 ? 'HTTP/2' : 'HTTP/1.1'}${protocol === 'https:' ? ' over TLS' : ''}, metrics, tags, trace, limits, secrets, ping, times seen, values, fifty at once`)
}

for (const part of [ask, paging, streams, options]) {
  await part().catch((e) => check(part.name, String(e.stack), ''))
}
await Promise.all(clients.map((c) => c.close({ force: true })))
console.log(failures === 0 ? `${checks} checks passed` : `${failures} of ${checks} checks failed`)
process.exit(failures === 0 ? 0 : 1)
