import { describe, expect, test } from 'vitest'
import { lineOf } from '../../value/text'
import { parseValue, type Value } from '../../value/parse'
import { countText, documentsText, places, sampleOf, toldSample } from './sample'
import { shapeOf, shareTold } from './shape'

const documents = (json: string) => parseValue(json) as readonly Value[]
const told = (json: string) =>
  shapeOf(documents(json)).fields.map((field) => {
    const types = field.types.map(({ type, count }) => `${type} ${count}`).join(' ')
    const ranges = field.ranges.map(({ least, most }) => ` ${lineOf(least)}..${lineOf(most)}`).join('')
    const lengths = field.lengths ? ` ${field.lengths.least}-${field.lengths.most} ${field.lengths.of}` : ''
    return `${field.name} in ${field.documents}: ${types}${ranges}${lengths} different ${field.different}`
  })

describe('the shape', () => {
  test('fields with their shares, types, ranges', () =>
    expect(told('[{"data":{"a":1,"b":"xy"}},{"data":{"a":2.5}},{"data":{"a":"1","b":"äöü"}}]')).toEqual([
      'data.a in 3: whole number 1 double 1 text 1 1..2.5 1-1 characters different 3',
      'data.b in 2: text 2 2-3 characters different 2',
    ]))

  test('what is in objects and arrays stands below them, where they first come', () =>
    expect(told('[{"data":{"lines":[{"price":1},{"price":3,"name":"x"}],"z":true}},{"data":{"at":{"zip":{"a.b":1}},"lines":[]}}]')).toEqual([
      'data.lines in 2: array 2 0-2 elements different 0',
      'data.lines[] in 1: object 2 different 0',
      'data.lines[].price in 1: whole number 2 1..3 different 2',
      'data.lines[].name in 1: text 1 1-1 characters different 1',
      'data.z in 1: boolean 1 different 1',
      'data.at in 1: object 1 different 0',
      'data.at.zip in 1: object 1 different 0',
      'data.at.zip."a.b" in 1: whole number 1 1..1 different 1',
    ]))

  test('numbers keep their digits, times and dates their order', () =>
    expect(
      told('[{"data":{"n":9007199254740993,"t":{"@ts":"2020-01-01T00:00:00Z"}}},{"data":{"n":9007199254740992,"t":{"@ts":"2020-01-01T00:00:00.1Z"}}},{"ttl":{"@ts":"2030-01-01T00:00:00Z"},"data":{"n":-5,"t":{"@date":"2020-01-01"}}}]'),
    ).toEqual([
      'data.n in 3: whole number 3 -5..9007199254740993 different 3',
      'data.t in 3: time 2 date 1 Time("2020-01-01T00:00:00Z")..Time("2020-01-01T00:00:00.1Z") Date("2020-01-01")..Date("2020-01-01") different 3',
      'ttl in 1: time 1 Time("2030-01-01T00:00:00Z")..Time("2030-01-01T00:00:00Z") different 1',
    ]))

  test('frequent values first', () => {
    const [field] = shapeOf(documents('[{"data":{"c":"a"}},{"data":{"c":"b"}},{"data":{"c":"b"}},{"data":{"c":{"@query":{"lambda":"x","expr":1}}}}]')).fields
    expect(field!.frequent).toEqual([{ value: 'b', count: 2 }, { value: 'a', count: 1 }])
    expect(field!.different).toBe(2)
  })

  test('names that are data are not all told', () => {
    const many = `[{"data":{${Array.from({ length: 500 }, (_, i) => `"k${i}":1`).join()}}}]`
    expect(shapeOf(documents(many))).toMatchObject({ documents: 1, more: 100 })
  })

  test.each(['[]', '[{"data":{}}]', '[{"ref":1,"ts":5}]'])('%s has no fields', (json) => expect(told(json)).toEqual([]))
})

test.each([
  [0, 10, '0 %'],
  [1, 1000, '< 1 %'],
  [1, 3, '33 %'],
  [999, 1000, '> 99 %'],
  [5, 5, '100 %'],
  [0, 0, '0 %'],
])('%d of %d is %s', (part, whole, text) => expect(shareTold(part, whole)).toBe(text))

describe('the sample', () => {
  test('few are all', () => expect(places(3, 5, () => 0.9)).toEqual([0, 1, 2]))

  test.each([10, 11, 19, 1234])('one out of each of ten stretches of %d', (of) => {
    for (const chance of [0, 0.5, 0.999999]) {
      const taken = places(of, 10, () => chance)
      expect(new Set(taken).size).toBe(10)
      taken.forEach((place, i) => {
        expect(place).toBeGreaterThanOrEqual(Math.floor((i * of) / 10))
        expect(place).toBeLessThan(Math.floor(((i + 1) * of) / 10))
      })
    }
  })

  /** A server whose pages hold so many documents each; more than `refuses` at once are too much. */
  function server(pages: number[], refuses = Infinity) {
    const asked: string[] = []
    const ask = (text: string) => {
      const page = Number(/after: \[(\d+)\]/.exec(text)?.[1] ?? 0)
      const places = /Map\(\[(.*?)\]/.exec(text)?.[1]
      if (places === undefined) {
        asked.push(`count ${page}`)
        return answer(`{"count":${pages[page]},"after":${page + 1 < pages.length ? `[${page + 1}]` : 'null'}}`)
      }
      const list = places.split(',').map(Number)
      asked.push(`${page}: ${list.length}`)
      if (list.length > refuses) return Promise.reject(new Error('too much'))
      return answer(`[${list.map((place) => (place === 3 ? 'null' : `{"data":{"page":${page},"place":${place}}}`)).join()}]`)
    }
    const answer = (json: string) => Promise.resolve({ value: parseValue(json), shell: '', json, txn: 1 })
    return { ask, asked }
  }
  const isTooMuch = (thrown: unknown) => String(thrown).includes('too much')

  test('is spread over all pages', async () => {
    const { ask, asked } = server([4000, 4000, 2000])
    const sample = await sampleOf(ask, 'c', isTooMuch, () => 0)
    expect(sample).toMatchObject({ of: 10_000, more: false })
    expect(sample.documents).toHaveLength(1000)
    expect(asked).toEqual(['count 0', 'count 1', 'count 2', '0: 250', '0: 150', '1: 250', '1: 150', '2: 200'])
  })

  test('what is gone is left out, what is too much is read in halves', async () => {
    const { ask, asked } = server([5], 2)
    const sample = await sampleOf(ask, 'c', isTooMuch)
    expect(sample.documents).toHaveLength(4)
    expect(asked).toEqual(['count 0', '0: 5', '0: 3', '0: 2', '0: 1', '0: 2'])
  })

  test('beyond ten pages it says so', async () => expect(await sampleOf(server(Array.from({ length: 12 }, () => 100_000)).ask, 'c', isTooMuch)).toMatchObject({ of: 1_000_000, more: true }))

  test.each([
    [1, 1, false, 'The only document.'],
    [5, 5, false, 'All 5 documents.'],
    [1000, 100_000, false, '1,000 of 100,000 documents, one at random out of each 100 in the order of their ids.'],
    [1000, 1200, false, '1,000 of 1,200 documents, spread at random in the order of their ids.'],
    [1000, 1_000_000, true, '1,000 of the first 1,000,000 documents, one at random out of each 1,000 in the order of their ids. There are more, which were not looked at.'],
  ])('%d of %d', (have, of, more, text) => expect(toldSample({ documents: Array.from({ length: have }, () => null), of, more, txn: 0 })).toBe(text))

  test('its queries', () => {
    expect(countText('c"', undefined)).toContain('Paginate(Documents(Collection("c\\"")), {size: 100000})')
    expect(documentsText('c', '[1]', [2, 3])).toContain('{size: 100000, after: [1]}')
  })
})
