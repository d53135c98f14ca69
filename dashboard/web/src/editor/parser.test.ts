import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { highlightTree } from '@lezer/highlight'
import type { LRParser } from '@lezer/lr'
import { describe, expect, it } from 'vitest'
import { codeClasses } from './classes'
import { knownIn, resultParser } from './names'
import { parser } from './parser'

const here = new URL('.', import.meta.url)
const tutorial = new URL('../../../../docs/tutorial/', here)
const functions = readFileSync(new URL('testdata/functions.txt', here), 'utf8').trim().split('\n')
const queries = parser.configure({ specializers: [knownIn(new Set(functions.map((line) => line.split('(')[0]!)))] })

/** The tree of a text as one line, punctuation left out. */
function treeOf(parser: LRParser, text: string): string {
  let out = ''
  parser.parse(text).iterate({
    enter(node) {
      if (!/^[A-Z⚠]/.test(node.name)) return false
      out += (/[^( ]$/.test(out) ? ' ' : '') + (node.type.isError ? '⚠' : node.name)
      if (node.node.firstChild) out += '('
      return true
    },
    leave(node) {
      if (node.node.firstChild) out += ')'
    },
  })
  return out.replaceAll('()', '')
}

/** The classes of a text, a line for each piece of one class. */
function classesOf(parser: LRParser, text: string): string {
  const lines: string[] = []
  highlightTree(parser.parse(text), codeClasses, (from, to, classes) => {
    lines.push(`${classes.replaceAll('code-', '')} ${JSON.stringify(text.slice(from, to))}`)
  })
  return lines.join('\n')
}

/** Compares with a file, or writes it when UPDATE is set. */
function same(file: string, got: string) {
  const url = new URL(`testdata/${file}`, here)
  if (process.env.UPDATE) writeFileSync(url, got)
  expect(got).toBe(readFileSync(url, 'utf8'))
}

const cases = readFileSync(new URL('testdata/cases.txt', here), 'utf8').split(/^---\n/m)

function masked(name: string): string {
  return readFileSync(new URL(name, tutorial), 'utf8').replace(/<ts>/g, '1')
}

describe('trees', () => {
  it('of queries', () => same('trees.txt', cases.map((text) => `${text}----\n${treeOf(queries, text)}\n`).join('\n')))
  it('of results', () => {
    const results = readFileSync(new URL('testdata/results-cases.txt', here), 'utf8').split(/^---\n/m)
    same('results.txt', results.map((text) => `${text}----\n${treeOf(resultParser, text)}\n`).join('\n'))
  })
})

describe('the tutorial has no mistakes', () => {
  for (const name of readdirSync(tutorial)) {
    if (name.endsWith('.fql')) it(name, () => expect(treeOf(queries, masked(name))).not.toMatch(/⚠|Mistake/))
    if (name.endsWith('.out') && !name.includes('insufficient')) it(name, () => expect(treeOf(resultParser, masked(name))).not.toMatch(/⚠|Mistake/))
  }
})

// As syntax.Highlight gives them, but for parameters that are called as functions,
// members whose names are numbers or whose colon is not there yet, and templates.
describe('classes', () => {
  it('of every case', () => same('classes.txt', cases.map((text) => `${text}----\n${classesOf(queries, text)}\n`).join('\n')))
})

describe('speed', () => {
  // Nothing that can be typed or pasted may take time that grows faster than it does.
  for (const bad of [')', '(', '"a": ', 'f(a, (b, (c, ', '{a:[', 'a b => ', '"', '/* ', "['x'", '1 + ']) {
    it(JSON.stringify(bad) + ' many times', () => {
      const text = bad.repeat(20_000 / bad.length)
      expect(queries.parse(text).length).toBe(text.length)
      expect(resultParser.parse(text).length).toBe(text.length)
    })
  }
})
