/** What the pages of a ledger ask the server. */

import { queryOptions } from '@tanstack/react-query'
import { request } from '../../api/http'
import { addressOf, type Place } from '../unis/api'
import { portionOf } from './verify/block'
import { blockID, type ChainedBlock } from './verify/form'

type Node = Required<Place>

const keyOf = ({ database, uni, node }: Node) => [database, 'ledger', uni, node]
const got = (call: string, place: Node, more: Record<string, string>, signal: AbortSignal | undefined) => request('GET', addressOf(`ledger/${call}`, place, more), undefined, signal)

interface Blocks {
  /** How many blocks the ledger has. */
  size: number
  /** The newest first. */
  blocks: ChainedBlock[]
}

/** How many blocks are read at once. */
export const chunk = 100

/** The chunks that hold the blocks between two heights, the highest first. */
export function chunksBetween(lowest: number, highest: number): number[] {
  if (highest < 0) return []
  const [from, to] = [Math.floor(Math.max(0, lowest) / chunk), Math.floor(highest / chunk)]
  return Array.from({ length: to - from + 1 }, (_, i) => to - i)
}

/** How many blocks there are, asked time and again. */
export const sizeQuery = (place: Node) =>
  queryOptions({
    queryKey: [...keyOf(place), 'size'],
    queryFn: async ({ signal }) => ((await (await got('blocks', place, { count: '1' }, signal)).json()) as Blocks).size,
    staleTime: 0,
    refetchInterval: 3_000,
  })

/** The blocks from chunk * number on, by their heights. Those that are there never
 *  change; size tells how many of the last chunk there are. */
export const blocksQuery = (place: Node, number: number, size: number) =>
  queryOptions({
    queryKey: [...keyOf(place), 'blocks', number, Math.min(size, (number + 1) * chunk)],
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const last = Math.min(size, (number + 1) * chunk) - 1
      const { blocks } = (await (await got('blocks', place, { from: blockID(last), count: String(last - number * chunk + 1) }, signal)).json()) as Blocks
      return new Map(blocks.map((b) => [Number(b.block), b]))
    },
  })

/** A block with what proves it. */
export const blockQuery = (place: Node, id: string) =>
  queryOptions({
    queryKey: [...keyOf(place), 'block', id],
    staleTime: 60_000,
    queryFn: async ({ signal }) => portionOf(await (await got('block', place, { block: id }, signal)).json()),
  })

/** The receipt of a transaction, as text. */
export const receiptText = async (place: Node, id: string) => (await got('transaction', place, { id }, undefined)).text()

/** The signed tree head, as text. */
export const checkpointNote = async (place: Node, signal?: AbortSignal) => (await got('checkpoint', place, {}, signal)).text()

/** The hashes that show that the first blocks are still the first. */
export const consistencyOf = async (place: Node, from: number, to: number) =>
  ((await (await got('consistency', place, { from: String(from), to: String(to) }, undefined)).json()) as { consistency: string[] }).consistency

/** Where the browser fetches the whole ledger. */
export const exportUrl = (place: Node) => `/ui/api/${addressOf('ledger/export', place)}`

/** The whole ledger, as it comes. */
export async function* exported(place: Node, signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { body } = await got('export', place, {}, signal)
  const reader = body?.getReader()
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
    if (done || value === undefined) return
    yield value
  }
}
