import { expect, test } from 'vitest'
import { parseValue } from '../../value/parse'
import { indexOf } from '../indexes/definition'
import { unfinished } from './walk'

const index = (json: string) => indexOf(parseValue(json))

test('jobs are the indexes that are not complete, the failed first', () => {
  const all = [index('{"name":"done","active":true}'), index('{"name":"under way","active":false,"build":{"documents":12}}'), index('{"name":"bad","active":false,"build":{"failure":"no"}}')]
  expect(unfinished(['shop'], all).map((j) => [j.index.name, j.failed, j.index.build])).toEqual([
    ['bad', true, 'failed: no'],
    ['under way', false, '12 documents done'],
  ])
})
