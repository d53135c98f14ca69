// Runs a folder of tutorial queries against a server, with `seriatim eval`, with the
// official driver or in the dashboard, and checks what is printed. With fauna-shell it is
// that program, and a database instead of an address.
// usage: node tutorial.mjs eval|driver|browser FOLDER BINARY URL
//        node tutorial.mjs fauna-shell FOLDER FAUNA DATABASE
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, dirname } from 'node:path'
import { inspect } from 'node:util'
import vm from 'node:vm'

const [runner, folder, binary, url] = process.argv.slice(2)
const require = createRequire(import.meta.url)
let failures = 0

function check(what, ok, detail = '') {
  if (ok) return
  failures++
  console.log(`FAILED ${what}\n${detail}`)
}

// split cuts a text into its top-level statements.
function split(text) {
  const out = []
  let depth = 0, start = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '"' || c === "'") {
      for (i++; text[i] !== c; i++) if (text[i] === '\\') i++
    } else if (c === '/' && text[i + 1] === '/') {
      i = text.indexOf('\n', i)
      if (i < 0) break
    } else if ('([{'.includes(c)) depth++
    else if (')]}'.includes(c)) depth--
    else if (c === ';' && depth === 0) {
      out.push(text.slice(start, i))
      start = i + 1
    }
  }
  out.push(text.slice(start))
  return out.filter((s) => s.replace(/\/\/.*$/gm, '').trim() !== '')
}

// errorLines are the texts of an error, an Abort's first.
function errorLines(errors, lines = []) {
  for (const e of errors) {
    if (e.code === 'transaction aborted') lines.unshift(e.description)
    lines.push(`${e.code}: ${e.description}`)
    errorLines(e.cause ?? [], lines)
  }
  return lines
}

let client, faunadb, dashboard
if (runner === 'driver') {
  faunadb = require('faunadb')
  const { hostname, port } = new URL(url)
  client = new faunadb.Client({ secret: 'secret', domain: hostname, port: +port, scheme: 'http', checkNewVersion: false })
}

if (runner === 'browser') {
  const { open } = await import('./browser.mjs')
  dashboard = await open(url)
  await dashboard.signIn('secret')
  await dashboard.newDatabase('ecommerce-tutorial')
  await dashboard.shell()
}

// apart takes several answers out of the one array that fauna-shell prints.
const apart = (s) => (s.startsWith('[\n') ? s.slice(2, -2).replace(/^  /gm, '').replace(/^},$/gm, '}') : s)

// aborted is the text of an Abort in the wrapped lines that fauna-shell prints of errors.
function aborted(s) {
  const text = s.replace(/^ › {1,3}/gm, '').replace(/\s+/g, ' ').trim()
  return text.match(/code: 'transaction aborted', description: '(.*?)' \}/)?.[1] ?? text
}

// run runs the queries of a file and returns what is printed, and any error's text.
async function run(file) {
  const path = join(folder, file)
  if (dashboard) return dashboard.run(path)
  if (runner === 'eval' || runner === 'fauna-shell') {
    const how = runner === 'eval' ? ['--endpoint', url, '--secret', 'secret'] : [url, '--format', 'shell']
    const p = spawn(binary, ['eval', ...how, '--file', path])
    let out = '', err = ''
    p.stdout.on('data', (d) => (out += d))
    p.stderr.on('data', (d) => (err += d))
    const code = await new Promise((resolve) => p.on('close', resolve))
    check(`${file}: exit code`, code === (err === '' ? 0 : 1), `${code} ${err}`)
    if (runner === 'eval') return { out: out.trimEnd(), err: err.split('\n')[0] }
    return { out: apart(out.trimEnd()), err: aborted(err) }
  }
  const printed = []
  for (const statement of split(readFileSync(path, 'utf8'))) {
    const expr = vm.runInNewContext(`(${statement}\n)`, { ...faunadb.query })
    try {
      printed.push(inspect(await client.query(expr), { depth: null }))
    } catch (e) {
      const errors = e.requestResult?.responseContent?.errors
      if (!errors) throw e
      return { out: printed.join('\n'), err: errorLines(errors)[0] }
    }
  }
  return { out: printed.join('\n'), err: '' }
}

const mask = (s) =>
  s.replace(/(Ref\(Collection\("orders"\), ")\d+("\))/g, '$1<id>$2')
    .replace(/\bts: \d+/g, 'ts: <ts>')
    .replace(/Time\("\d[^"]+"\)/g, 'Time("<time>")')
    .replace(/requested at \[\d[^\]]+\]/g, 'requested at [<time>]')

// stated returns what a file prints: the tutorial text's own blocks for the shared
// folder, the .out file beside the query for ours.
const seed = join(dirname(folder), 'seeds', 'fauna-ecommerce-tutorial.txt')
const blocks = existsSync(seed) ? readFileSync(seed, 'utf8').match(/^\{$[\s\S]*?^\}$/gm) : null
function stated(file, block) {
  if (blocks) return block === undefined ? null : mask(blocks[block])
  return readFileSync(join(folder, file.replace(/\.fql$/, '.out')), 'utf8').trimEnd()
}
function compare(file, printed, block) {
  const want = stated(file, block)
  if (want !== null) check(`${file}: printed text`, mask(printed) === want, `got:\n${mask(printed)}\nwant:\n${want}`)
}

// documents returns ref and ts of every printed document.
const documents = (s) => [...s.matchAll(/ref: (Ref\(.*?"\d+"\)),\s+ts: (\d+)/g)].map(([, ref, ts]) => ({ ref, ts: +ts }))
const orderOf = (s) => ({
  ts: documents(s)[0].ts,
  created: s.match(/creationDate: Time\("([^"]+)"\)/)[1],
  products: [...s.matchAll(/product: (Ref\(.*?"\d+"\))/g)].map((m) => m[1]),
})
// micros keeps the microseconds that Date drops.
const micros = (t) => Date.parse(t) * 1000 + +((t.match(/\.(\d+)Z/)?.[1] ?? '').padEnd(6, '0').slice(3, 6) || 0)

function checkOrder(file, printed, before, after) {
  const order = orderOf(printed)
  const age = order.ts - micros(order.created)
  check(`${file}: creationDate is at or before ts and less than a second older`, age >= 0 && age < 1e6, `${age} us`)
  for (const d of after) {
    const old = before.find((b) => b.ref === d.ref)
    const want = order.products.includes(d.ref) ? order.ts : old.ts
    check(`${file}: ts of ${d.ref}`, d.ts === want, `${d.ts} instead of ${want}`)
  }
}

const files = readdirSync(folder).filter((f) => f.endsWith('.fql')).sort()
const find = (n) => files.find((f) => f.startsWith(n))
let listed
for (const n of ['01', '02', '03', '04', '05', '06', '07', '08']) {
  const r = await run(find(n))
  check(`${find(n)}: error`, r.err === '', r.err)
  if (!blocks) compare(find(n), r.out)
  if (n === '05') listed = documents(r.out)
}

async function order(n, block) {
  const r = await run(find(n))
  check(`${find(n)}: error`, r.err === '', r.err)
  compare(find(n), r.out, block)
  const list = await run(find('10'))
  const now = documents(list.out)
  checkOrder(find(n), r.out, listed, now)
  listed = now
  return list.out
}
compare(find('10'), await order('09', 0), 1)
const second = await order('11', 2)
if (blocks) compare(find('10'), second, 3)

const third = await run(find('12'))
check(`${find('12')}: message`, /^Stock quantity for Product \[\d+\] not enough – requested at \[\d{4}-\d\d-\d\dT[\d:.]+Z\]$/.test(third.err), third.err)
const unchanged = await run(find('10'))
check(`${find('12')}: changed something`, unchanged.out === second, unchanged.out)

// race runs both at the same instant: two processes, two requests or two panes.
const race = (files) => (dashboard ? dashboard.race(files.map((f) => join(folder, f))) : Promise.all(files.map(run)))
const sides = await race([find('13'), find('14')])
const winners = sides.filter((s) => s.err === '')
check('case 4: exactly one winner', winners.length === 1, JSON.stringify(sides))
if (winners.length === 1) {
  const a = sides[0].err === ''
  compare(find(a ? '13' : '14'), winners[0].out, a ? 4 : undefined)
  const loser = sides[a ? 1 : 0].err
  check('case 4: message', /not enough – requested at \[/.test(loser), loser)
  const made = micros(orderOf(winners[0].out).created)
  console.log(`case 4: ${a ? 'a' : 'b'} won, ${Math.abs(micros(loser.match(/requested at \[([^\]]+)\]/)[1]) - made)} us between the two times`)
}
client?.close()
if (dashboard) {
  check('the dashboard kept to its page', dashboard.faults.length === 0, dashboard.faults.join('\n'))
  await dashboard.close()
}
console.log(failures === 0 ? `${files.length} files as stated` : `${failures} failures`)
process.exit(failures === 0 ? 0 : 1)
