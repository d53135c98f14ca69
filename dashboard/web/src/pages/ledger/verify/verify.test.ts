import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hex, unhex, type Bytes } from './bytes'
import { portionOf, verifyPortion } from './block'
import { verifyExport } from './export'
import { blockID, Refusal, type Transaction } from './form'
import { continues, included, leafHash, rootOf } from './hash'
import { keysOf, openNote, readKeys } from './keys'

// The corpus that all verifiers are held to.
const corpus = join(import.meta.dirname, '../../../../../../ledger/testdata/corpus')
const read = (name: string): Bytes => new Uint8Array(readFileSync(join(corpus, name)))
const text = (name: string) => readFileSync(join(corpus, name), 'utf8')
interface Case {
  name: string
  why: string
  uni?: string
  saved?: string[]
  block?: string
  reason?: string
}
const cases = JSON.parse(text('cases.json')) as Case[]
const isReceipt = (c: Case) => text(c.name).slice(0, 28).includes('"ledger receipt"')
const keys = await readKeys(text('keys.txt'))

/** A text in pieces of a size that cuts lines anywhere. */
async function* pieces(bytes: Bytes, size = 1000): AsyncGenerator<Bytes> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
}

describe('exports of the corpus', () => {
  test.each(cases.filter((c) => !isReceipt(c)))('$name: $why', async (c) => {
    const outcome = verifyExport(pieces(read(c.name)), { keys, ...(c.uni === undefined ? {} : { uni: c.uni }), saved: (c.saved ?? []).map(text) })
    if (c.reason === undefined) return expect((await outcome).blocks).toBeGreaterThan(0)
    const refusal = await outcome.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(refusal).toBeInstanceOf(Refusal)
    const { block, reason } = refusal as Refusal
    expect({ block, reason }).toEqual({ block: c.block ?? block, reason: c.reason })
  })
})

/** The good export of the corpus as the server hands over its blocks one by one. */
async function portionAt(height: number) {
  const good = cases.find((c) => c.reason === undefined && !isReceipt(c))!
  const lines = text(good.name).trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  const blocks = lines.filter((l) => 'block' in l)
  const leaves = await Promise.all(blocks.map((b) => leafHash(unhex(b['hash'] as string))))
  const at = lines.indexOf(blocks[height]!) + 1
  const transactions = lines.slice(at, at + (blocks[height]!['count'] as number)) as unknown as Transaction[]
  return { uni: lines[0]!['uni'] as string, block: blocks[height], transactions, inclusion: (await proofOf(leaves, height)).map(hex), checkpoint: lines.at(-1)!['checkpoint'] as string }
}

/** An inclusion proof, by the definition of RFC 6962. */
async function proofOf(leaves: Bytes[], index: number): Promise<Bytes[]> {
  if (leaves.length === 1) return []
  const k = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return index < k
    ? [...(await proofOf(leaves.slice(0, k), index)), await rootOf(leaves.slice(k))]
    : [...(await proofOf(leaves.slice(k), index - k)), await rootOf(leaves.slice(0, k))]
}

async function consistencyOf(m: number, leaves: Bytes[], whole = true): Promise<Bytes[]> {
  if (m === leaves.length) return whole ? [] : [await rootOf(leaves)]
  const k = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return m <= k
    ? [...(await consistencyOf(m, leaves.slice(0, k), whole)), await rootOf(leaves.slice(k))]
    : [...(await consistencyOf(m - k, leaves.slice(k), false)), await rootOf(leaves.slice(0, k))]
}

describe('one block', () => {
  test('is right', async () => {
    for (const height of [0, 1, 2]) {
      const { steps, checkpoint } = await verifyPortion(portionOf(await portionAt(height)), keys)
      expect(steps.filter((s) => s.problem !== undefined)).toEqual([])
      expect([steps.length, checkpoint?.signed.length]).toEqual([6, 1])
    }
  })

  test('whatever is changed in it is named', async () => {
    const good = await portionAt(1)
    const reasons = async (change: (p: Awaited<ReturnType<typeof portionAt>>) => void) => {
      const p = structuredClone(good)
      change(p)
      return (await verifyPortion(portionOf(p), keys)).steps.flatMap((s) => s.reason ?? [])
    }
    expect(await reasons((p) => (p.transactions[0]!.parts[0] = 'mutation { other }'))).toContain('signature')
    expect(await reasons((p) => (p.transactions[0]!.owner = 'Nobody'))).toContain('owner')
    expect(await reasons((p) => (p.block!['root'] = '0'.repeat(64)))).toEqual(expect.arrayContaining(['hash', 'root', 'proof']))
    expect(await reasons((p) => (p.inclusion[0] = '0'.repeat(64)))).toEqual(['proof'])
    expect(await reasons((p) => (p.checkpoint = p.checkpoint.replace(/\n\d+\n/, '\n9\n')))).toEqual(['checkpoint'])
    expect(await reasons((p) => (p.transactions = []))).toContain('order')
  })
})

test('proofs of trees of any size lead to their roots and nowhere else', async () => {
  const leaves = await Promise.all(Array.from({ length: 9 }, (_, i) => leafHash(String(i))))
  for (let size = 1; size <= leaves.length; size++) {
    const some = leaves.slice(0, size)
    const root = hex(await rootOf(some))
    for (let i = 0; i < size; i++) {
      const proof = await proofOf(some, i)
      expect(hex((await included(some[i]!, i, size, proof))!)).toBe(root)
      expect(await included(some[i]!, i, size, [...proof, some[0]!])).toBeUndefined()
      expect(await included(some[i]!, size, size, proof)).toBeUndefined()
    }
    for (let m = 1; m <= size; m++) {
      const [old, now] = [await rootOf(some.slice(0, m)), await rootOf(some)]
      const proof = await consistencyOf(m, some)
      expect(await continues(m, old, size, now, proof)).toBe(true)
      expect(await continues(m, leaves[8]!, size, leaves[7]!, proof)).toBe(false)
      expect(await continues(m, old, size, now, [...proof, old])).toBe(false)
    }
  }
})

test('keys as the server shows them and as lines are the same', async () => {
  const lines = text('keys.txt').split('\n').filter((l) => /^[^#\s]/.test(l))
  const nodes = lines.map((l) => ({ name: l.split('+')[0]!, publicKey: Buffer.from(l.split('+').slice(2).join('+'), 'base64').subarray(1).toString('base64') }))
  const own = await keysOf(nodes)
  for (const [name, { short }] of keys) expect(hex(own.get(name)!.short)).toBe(hex(short))
  await expect(readKeys('Shop+00000000+AAAA')).rejects.toThrow('no line of a public key')
})

test('a note that somebody else signed is refused', async () => {
  const { checkpoint } = await portionAt(0)
  await expect(openNote(checkpoint, new Map(), false)).rejects.toThrow('no signature of a key that is known')
  expect(blockID(12)).toBe('000000000000012')
})
