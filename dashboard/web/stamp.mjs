// Writes ../dist/build.json: what the build was made from and what it made, so
// that a test without Node can tell whether the committed build is current.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const dist = '../dist'
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** All files below dir, as slash paths relative to it, in the order of their bytes. */
function files(dir, skip = () => false, below = '') {
  return readdirSync(join(dir, below), { withFileTypes: true })
    .filter((entry) => !skip(entry.name))
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      return entry.isDirectory() ? files(dir, skip, path) : [path]
    })
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

const sources = createHash('sha256')
for (const path of files('.', (name) => name === 'node_modules' || name.includes('.local.'))) {
  sources.update(`${path}\n${hash(readFileSync(path))}\n`)
}

const built = files(dist, (name) => name === 'build.json')
/** The files that the browser fetches before the first page can be used: what
 *  index.html names, what these import statically, and the fonts. */
function firstLoad() {
  const first = new Set(['index.html'])
  const queue = [...readFileSync(join(dist, 'index.html'), 'utf8').matchAll(/(?:src|href)="\/ui\/([^"]+)"/g)].map((m) => m[1])
  for (let path; (path = queue.pop()) !== undefined; ) {
    if (first.has(path) || !built.includes(path)) continue
    first.add(path)
    const text = readFileSync(join(dist, path), 'utf8')
    if (path.endsWith('.js')) for (const m of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)) queue.push(`assets/${m[1]}`)
    if (path.endsWith('.css')) for (const m of text.matchAll(/url\(["']?\/ui\/([^"')]+)["']?\)/g)) queue.push(m[1])
  }
  return [...first].sort()
}

const stamp = {
  sources: sources.digest('hex'),
  files: Object.fromEntries(built.map((path) => [path, hash(readFileSync(join(dist, path)))])),
  first: firstLoad(),
}
writeFileSync(join(dist, 'build.json'), JSON.stringify(stamp, null, 2) + '\n')
