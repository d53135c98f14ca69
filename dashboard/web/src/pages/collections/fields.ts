/** Paths to fields of documents, as people write them: data.address.city, data.lines[0].price,
 *  data."a.b". */

/** From the document: ['data', 'lines', 0, 'price']. */
export type Path = readonly (string | number)[]

/** What a document has beside its data. */
const outside: ReadonlySet<string> = new Set(['ref', 'ts', 'ttl', 'data'])

const step = /"(?:\\.|[^"\\])*"|\[(?:0|[1-9]\d{0,8})\]|[^."[\]]+/y

/** The path of a text, undefined when it is none. Where the first step is nothing that a
 *  document has beside its data, it is a field of the data: city is data.city. */
export function pathIn(text: string): Path | undefined {
  const steps: (string | number)[] = []
  const all = text.trim()
  for (let at = 0; at < all.length; ) {
    if (steps.length > 0 && all[at] === '.') at++
    else if (steps.length > 0 && all[at] !== '[') return undefined
    step.lastIndex = at
    const found = step.exec(all)?.[0]
    if (found === undefined) return undefined
    const name = nameOf(found)
    if (name === undefined || (steps.length === 0 && typeof name === 'number')) return undefined
    steps.push(name)
    at += found.length
    if (all[at] === '.' && at + 1 === all.length) return undefined
  }
  const [first] = steps
  if (typeof first !== 'string') return undefined
  return outside.has(first) && !all.startsWith('"') ? steps : ['data', ...steps]
}

function nameOf(found: string): string | number | undefined {
  if (found.startsWith('[')) return Number(found.slice(1, -1))
  if (!found.startsWith('"')) return found.trim()
  try {
    return JSON.parse(found) as string
  } catch {
    return undefined
  }
}

/** The text of a path, which pathIn reads again. */
export function pathTold(path: Path): string {
  return path.map((name, i) => (typeof name === 'number' ? `[${name}]` : (i === 0 ? '' : '.') + (plain.test(name) && name.trim() === name ? name : JSON.stringify(name)))).join('')
}

const plain = /^[^."[\]]+$/

/** Whether both lead to the same place. */
export const samePath = (a: Path | undefined, b: Path | undefined): boolean => a !== undefined && b !== undefined && a.length === b.length && a.every((name, i) => name === b[i])
