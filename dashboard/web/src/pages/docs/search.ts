/** Searching the documentation, in the browser alone. */

import type { DocPage } from './api'
import { anchors } from './where'

/** A place that was found. */
export interface Hit {
  page: DocPage
  /** The heading that it stands under, "" at the beginning of the page. */
  heading: string
  anchor: string
  /** The text around it. */
  around: string
  score: number
}

interface Section {
  heading: string
  anchor: string
  text: string
}

interface Indexed {
  page: DocPage
  title: string
  sections: (Section & { low: string; lowHeading: string })[]
}

/** Prepares pages to be searched. */
export function index(pages: readonly DocPage[]): Indexed[] {
  return pages.map((page) => ({
    page,
    title: page.title.toLowerCase(),
    sections: sectionsOf(page.text).map((s) => ({ ...s, low: s.text.toLowerCase(), lowHeading: s.heading.toLowerCase() })),
  }))
}

/** A page by its headings, outside of code. */
export function sectionsOf(text: string): Section[] {
  const name = anchors()
  const out: Section[] = [{ heading: '', anchor: '', text: '' }]
  let fenced = false
  for (const line of text.replace(/<!--[\s\S]*?-->/g, '').split('\n')) {
    if (line.startsWith('```')) {
      fenced = !fenced
      continue
    }
    const heading = fenced ? undefined : /^(#{1,4})\s+(.*)$/.exec(line)
    if (heading) {
      const plain = plainOf(heading[2]!)
      const anchor = name(plain)
      if (heading[1] !== '#') out.push({ heading: plain, anchor, text: '' })
    } else out.at(-1)!.text += plainOf(line) + '\n'
  }
  return out
}

/** Markdown without its marks, near enough to be read. */
export function plainOf(text: string): string {
  return text
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .replace(/^\s*\|?[\s:|-]*\|?\s*$/, '')
    .replace(/\|/g, ' ')
}

/** The best places for a text: every word must occur, and the beginnings of names and
 *  headings count most. At most one place of a page but where headings match. */
export function search(pages: readonly Indexed[], text: string, most = 40): Hit[] {
  const words = text.toLowerCase().split(/[\s()]+/).filter(Boolean)
  if (words.length === 0) return []
  return pages
    .flatMap((one) => hitsOf(one, words))
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
}

function hitsOf({ page, title, sections }: Indexed, words: string[]): Hit[] {
  const hits: Hit[] = []
  const all = words.join(' ')
  const titled = words.every((w) => title.includes(w))
  if (titled) {
    const score = title === all ? 100 : title.startsWith(all) ? 80 : 60
    hits.push({ page, heading: '', anchor: '', around: beginning(sections), score })
  }
  let best: Hit | undefined
  for (const s of sections) {
    const headed = s.heading !== '' && words.every((w) => s.lowHeading.includes(w))
    if (headed) hits.push({ page, heading: s.heading, anchor: s.anchor, around: s.text.trim().slice(0, 140), score: 40 - Math.min(9, s.heading.length / 20) })
    if (headed || !words.every((w) => s.low.includes(w) || s.lowHeading.includes(w) || title.includes(w))) continue
    const at = Math.max(0, s.low.indexOf(words[0]!))
    const score = 10 + (s.low.includes(all) ? 5 : 0)
    if (!best || score > best.score) best = { page, heading: s.heading, anchor: s.anchor, around: s.text.slice(Math.max(0, at - 50), at + 110).replace(/\s+/g, ' '), score }
  }
  if (best && !titled) hits.push(best)
  return hits
}

const beginning = (sections: readonly Section[]): string => (sections.find((s) => s.text.trim() !== '')?.text ?? '').trim().replace(/\s+/g, ' ').slice(0, 160)
