import { afterEach, expect, test, vi } from 'vitest'
import { ApiError } from './http'
import { fql, query, QueryError, raw } from './query'
import { runScripts, type RunEvent } from './run'

afterEach(() => vi.unstubAllGlobals())

/** Answers every request with chunks, which need not end where lines do. */
function answer(status: number, ...chunks: string[]) {
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
      controller.close()
    },
  })
  const fetch = vi.fn((_path: string, _init: RequestInit) => Promise.resolve(new Response(body, { status })))
  vi.stubGlobal('fetch', fetch)
  return fetch
}

const collect = async () => {
  const events: RunEvent[] = []
  await runScripts('shop', [{ text: '1' }], (event) => events.push(event))
  return events.map((event) => event.event)
}

test('events arrive whole, wherever the network cuts', async () => {
  const fetch = answer(200, '{"event":"parsed","script":0,"que', 'ries":[]}\n{"event":"result","script":0}\n{"event":', '"done","script":0}\n')
  expect(await collect()).toEqual(['parsed', 'result', 'done'])
  expect(fetch.mock.calls[0]?.[0]).toBe('/ui/api/run')
  expect(JSON.parse(String(fetch.mock.calls[0]?.[1].body))).toEqual({ database: 'shop', scripts: [{ text: '1' }] })
})

test('an answer that ends inside a line is an error, not a success', async () => {
  answer(200, '{"event":"parsed","script":0,"queries":[]}\n{"event":"res')
  await expect(collect()).rejects.toThrow('may or may not have happened')
})

test('a refusal carries its status and text', async () => {
  answer(401, '{"errors":[{"code":"unauthorized","description":"Unauthorized"}]}')
  await expect(collect()).rejects.toMatchObject({ status: 401, message: 'Unauthorized' })
})

test('without a server the error says so', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  await expect(collect()).rejects.toThrow(ApiError)
  await expect(collect()).rejects.toThrow('Is it running?')
})

test('a query gives the value, or throws what the server said first', async () => {
  answer(200, '{"event":"result","script":0,"query":0,"json":"[1, \\"two\\"]"}\n')
  expect(await query('', '[1, "two"]')).toMatchObject([{ text: '1' }, 'two'])
  answer(200, '{"event":"failure","script":0,"query":0,"errors":[{"code":"invalid ref","description":"Ref refers to undefined collection \'x\'"}]}\n')
  await expect(query('', 'Documents(Collection("x"))')).rejects.toThrow(QueryError)
})

test('names are written into FQL as literals', () => {
  expect(fql`Get(Ref(Collection(${'a"b\\'}), ${'1'}))`).toBe('Get(Ref(Collection("a\\"b\\\\"), "1"))')
  expect(fql`Paginate(${raw('Collections()')}, {size: ${64}})`).toBe('Paginate(Collections(), {size: 64})')
})
