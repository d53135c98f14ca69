/** Where links of the documentation lead. */

/** Another page, a part of this one, or another host; a file of the repository that is
 *  no page leads nowhere here. */
export type Target = { kind: 'page'; path: string; hash: string } | { kind: 'outside'; url: string } | { kind: 'nowhere' }

/** Where a link in the page at a path leads; has tells which pages there are. */
export function targetOf(from: string, href: string, has: (path: string) => boolean): Target {
  if (/^https?:\/\//.test(href)) return { kind: 'outside', url: href }
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return { kind: 'nowhere' }
  const [file = '', hash = ''] = href.split('#')
  if (file === '') return { kind: 'page', path: from, hash }
  const steps = from.split('/').slice(0, -1)
  for (const step of file.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '.' && step !== '') steps.push(step)
  }
  const path = steps.join('/').replace(/\.md$/, '')
  if (file.startsWith('../') && from.split('/').length === 1) return { kind: 'nowhere' }
  for (const one of [path, `${path}/README`]) if (has(one)) return { kind: 'page', path: one, hash }
  return { kind: 'nowhere' }
}

/** What a heading is called in URLs, as forges do it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')
}

/** Names of the headings of one page in their order: the second of a name gets a number. */
export function anchors(): (heading: string) => string {
  const seen = new Map<string, number>()
  return (heading) => {
    const name = anchorOf(heading)
    const n = seen.get(name) ?? 0
    seen.set(name, n + 1)
    return n === 0 ? name : `${name}-${n}`
  }
}

/** What of a block of code can be run in the shell, nothing when it is no query. The
 *  pages call FQL "js", too, for the colours that forges have; what a driver is told is
 *  not meant. Of a session with the shell it is what was typed. */
export function queriesOf(language: string, text: string): string | undefined {
  if (language === 'fql') return text
  if (language !== 'js') return undefined
  if (/^> /m.test(text)) return typed(text)
  const isQuery = /^(\/\/.*\n|\s)*[A-Z]\w*\(/.test(text) && !/\b(const|await|import|require|query)\b|=>/.test(text)
  return isQuery ? text : undefined
}

/** The queries after the prompts of a session: each goes on until its brackets are closed. */
function typed(text: string): string {
  const out: string[] = []
  let open = 0
  for (const line of text.split('\n')) {
    const begins = open <= 0 && line.startsWith('> ')
    if (!begins && open <= 0) continue
    const part = begins ? line.slice(2) : line
    out.push(part)
    open = (begins ? 0 : open) + depth(part)
  }
  return out.join('\n')
}

/** How many more brackets a line opens than it closes, outside of its strings. */
function depth(line: string): number {
  let n = 0
  for (const [sign] of line.replace(/"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/g, '').matchAll(/[([{}\])]/g)) n += '([{'.includes(sign) ? 1 : -1
  return n
}
