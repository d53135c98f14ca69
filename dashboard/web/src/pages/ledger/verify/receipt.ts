/** Verifying a receipt, which proves one transaction. */

import { equal, unhex, utf8 } from './bytes'
import { checkTransaction, type Step } from './block'
import { checkedTransaction, ensure, isHash, isInteger, isName, isRecord, isText, parse, Refusal, type Block, type Transaction } from './form'
import { included, leafHash } from './hash'
import { hashOf, stamped } from './hashes'
import { openNote, type Keys } from './keys'

const members = ['seriatim', 'format', 'uni', 'block', 'transaction', 'index', 'inclusion', 'blockInclusion', 'checkpoint']

interface Receipt {
  uni: string
  block: Block
  transaction: Transaction
  index: number
  inclusion: string[]
  blockInclusion: string[]
  checkpoint: string
}

/** Reads a receipt: one line of canonical text. */
export function receiptOf(text: string): Receipt {
  ensure(text.endsWith('\n'), 'form', 'The receipt has no line feed at its end.')
  const r = parse(utf8(text.slice(0, -1)), members)
  ensure(r['seriatim'] === 'ledger receipt' && r['format'] === 1 && isName(r['uni']), 'form', 'It is no receipt that this page knows.')
  const { inclusion, blockInclusion } = r
  ensure(isRecord(r['block']) && isInteger(r['index']) && isText(r['checkpoint']), 'form', 'The receipt’s members are not what they can be.')
  ensure(Array.isArray(inclusion) && inclusion.every(isHash) && Array.isArray(blockInclusion) && blockInclusion.every(isHash), 'form', 'The receipt’s proofs are none.')
  const block = checkedHeader(r['block'])
  return { uni: r['uni'], block, transaction: checkedTransaction(r['transaction']), index: r['index'], inclusion: inclusion as string[], blockInclusion: blockInclusion as string[], checkpoint: r['checkpoint'] }
}

function checkedHeader(value: Record<string, unknown>): Block {
  const { block, first, last, count, previous, root } = value
  const height = Number(block)
  ensure(isText(block) && /^[0-9]{15,}$/.test(block) && String(height).padStart(15, '0') === block, 'form', 'The block has no proper id.')
  ensure(isInteger(first) && isInteger(last) && isInteger(count, 2 ** 32 - 1) && count > 0 && first <= last && isHash(previous) && isHash(root), 'form', 'The block is not what it can be.')
  return { block, first, last, count, previous, root }
}

/** Verifies a receipt, step by step. */
export async function verifyReceipt(r: Receipt, keys: Keys): Promise<Step[]> {
  const steps: Step[] = []
  const step = async <T>(what: string, check: () => Promise<T>): Promise<T | undefined> => {
    try {
      const found = await check()
      steps.push({ what })
      return found
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown
      steps.push({ what, problem: thrown.message, reason: thrown.reason })
      return undefined
    }
  }
  const { block: b, transaction: t } = r
  const leaves = await step(`${t.owner} signed the transaction`, () => checkTransaction(r.uni, t, keys))
  const checkpoint = await step('A checkpoint is signed by keys that are known', async () => {
    const c = await openNote(r.checkpoint, keys, true)
    ensure(c.uni === r.uni, 'uni', 'The checkpoint is of another uni.')
    return c
  })
  if (leaves)
    await step(`The transaction is number ${r.index + 1} of ${b.count} in block ${Number(b.block).toLocaleString('en')}`, async () => {
      const root = await included(await stamped(t.ts, leaves.leaf), r.index, b.count, r.inclusion.map(unhex))
      ensure(root !== undefined && equal(root, unhex(b.root)) && t.ts >= b.first && t.ts <= b.last, 'proof', 'The transaction is not in the block.')
    })
  if (checkpoint)
    await step(`The block is in the tree of the checkpoint, which has ${checkpoint.size.toLocaleString('en')} ${checkpoint.size === 1 ? 'block' : 'blocks'}`, async () => {
      const root = await included(await leafHash(unhex(await hashOf(r.uni, b))), Number(b.block), checkpoint.size, r.blockInclusion.map(unhex))
      ensure(root !== undefined && equal(root, checkpoint.root), 'proof', 'The block is not in the tree.')
    })
  return steps
}
