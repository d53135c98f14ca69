import { expect, test } from 'vitest'
import { shopOf } from './shop'

const step = (n: number, title: string, query: string) => `\n## ${n}. ${title}\n\nWhat it is for.\n\n\`\`\`fql\n${query}\n\`\`\`\n\nIt prints:\n\n\`\`\`text\n1\n\`\`\`\n`

test('the shop is the steps up to the first order, without those that list', () => {
  const lesson = '# The tutorial\n\nText.\n' + step(1, 'Collections', 'a();\nb()') + step(2, 'List stores', 'c()') + step(3, 'Simple order', 'd();') + step(4, 'Backordered', 'e()')
  expect(shopOf(lesson)).toBe('a();\nb();\n\nd();')
})

test('another page has no shop', () => {
  expect(shopOf('# Limits\n\n## 1. Sizes\n')).toBe('')
})
