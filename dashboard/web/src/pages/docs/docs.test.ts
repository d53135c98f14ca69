import { describe, expect, test } from 'vitest'
import type { DocPage } from './api'
import { index, search, sectionsOf } from './search'
import { anchorOf, anchors, queriesOf, targetOf } from './where'

const has = (path: string) => ['cluster', 'unis', 'fql/pages/README', 'fql/pages/Get', 'fql/README', 'compatibility', 'tutorial/README'].includes(path)

describe('where a link leads', () => {
  test.each([
    ['cluster', 'unis.md#keys', 'page unis#keys'],
    ['cluster', '#ports', 'page cluster#ports'],
    ['cluster', 'fql/pages/README.md', 'page fql/pages/README#'],
    ['cluster', 'tutorial/', 'page tutorial/README#'],
    ['fql/pages/Get', 'README.md#basic', 'page fql/pages/README#basic'],
    ['fql/pages/README', '../README.md', 'page fql/README#'],
    ['fql/pages/README', '../../compatibility.md', 'page compatibility#'],
    ['cluster', '../cluster.md', 'nowhere'],
    ['cluster', '../ARCHITECTURE.md', 'nowhere'],
    ['cluster', 'javascript:alert(1)', 'nowhere'],
    ['cluster', 'https://example.com/a', 'outside https://example.com/a'],
  ])('in %s, %s', (from, href, wanted) => {
    const t = targetOf(from, href, has)
    expect(t.kind === 'page' ? `page ${t.path}#${t.hash}` : t.kind === 'outside' ? `outside ${t.url}` : t.kind).toBe(wanted)
  })
})

test('headings have the names that forges give them', () => {
  expect(anchorOf("A node's GraphQL API")).toBe('a-nodes-graphql-api')
  expect(anchorOf('Coming from: `faunadb`')).toBe('coming-from-faunadb')
  const name = anchors()
  expect([name('Errors'), name('Errors')]).toEqual(['errors', 'errors-1'])
})

test('a page is divided at its headings, not in code', () => {
  expect(sectionsOf('# T\nintro\n## One\na\n```\n# no\n```\n## Two\nb').map((s) => [s.heading, s.text.trim()])).toEqual([
    ['', 'intro'],
    ['One', 'a\n# no'],
    ['Two', 'b'],
  ])
})

const page = (path: string, title: string, text: string): DocPage => ({ path, title, group: 'g', text: `# ${title}\n${text}` })
const pages = index([page('a', 'Cluster', 'Nodes.\n## Ports\nThe door 8443.'), page('b', 'Paginate', 'Reads a set.\n## Arguments\nsize'), page('c', 'Limits', 'Paginate has a page of 64.')])

test.each([
  ['paginate', ['b', 'c']],
  ['ports', ['a#ports']],
  ['8443 cluster', ['a#ports']],
  ['PAGINATE(', ['b', 'c']],
  ['nowhere to be found', []],
  ['  ', []],
])('searching %j', (text, wanted) => {
  expect(search(pages, text).map((h) => h.page.path + (h.anchor ? `#${h.anchor}` : ''))).toEqual(wanted)
})

test.each([
  ['js', 'Get(Ref(Collection("a"), "1"))', 'Get(Ref(Collection("a"), "1"))'],
  ['js', '// first\n\nPaginate(Collections())', '// first\n\nPaginate(Collections())'],
  ['js', '> Add(1, 2)\n3\n> Let(\n  {a: ")"},\n  1\n)\n1', 'Add(1, 2)\nLet(\n  {a: ")"},\n  1\n)'],
  ['js', "const q = require('faunadb')", undefined],
  ['js', 'Client({a: 1})\nawait go()', undefined],
  ['js', '{a: 1}', undefined],
  ['fql', '1', '1'],
  ['sh', 'Get(1)', undefined],
])('of a block of %s, %j, one can run %j', (language, text, wanted) => expect(queriesOf(language, text)).toBe(wanted))
