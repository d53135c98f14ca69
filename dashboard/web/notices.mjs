// Writes ../dist/assets/notices.txt: the licences of everything that the build may
// contain. Fails on a licence that is not among the permissive ones.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const permissive = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'OFL-1.1', 'Unlicense'])

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const shipped = Object.entries(packages).filter(([path, p]) => path !== '' && !p.dev && !p.devOptional && !p.optional && existsSync(path))

/** The text of a package's licence file, or what its package.json says. */
function licence(path, stated) {
  const file = readdirSync(path).find((name) => /^licen[cs]e(\.|$)/i.test(name))
  return file ? readFileSync(join(path, file), 'utf8').trim().replaceAll('\r\n', '\n') : `${stated}, as its package.json states.`
}

const byText = new Map()
for (const [path, p] of shipped) {
  if (!permissive.has(p.license)) throw new Error(`${path}: the licence ${p.license} is not permissive`)
  const text = licence(path, p.license)
  const name = `${path.replace(/^.*node_modules\//, '')} ${p.version}`
  byText.set(text, [...(byText.get(text) ?? []), name])
}

const notices = [...byText].map(([text, names]) => `${names.sort().join('\n')}\n\n${text}`).sort()
writeFileSync('../dist/assets/notices.txt', ['The dashboard contains these packages.', ...notices].join('\n\n' + '-'.repeat(80) + '\n\n') + '\n')
