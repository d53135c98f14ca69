/** Verifying the transactions of a block, and a block alone. */

import { equal, unhex, type Bytes } from './bytes'
import { checkedBlock, checkedTransaction, ensure, isHash, isRecord, isText, Refusal, type ChainedBlock, type Transaction } from './form'
import { included, leafHash, rootOf } from './hash'
import { hashOf, leavesOf, redactedHashOf, signedBy, stamped } from './hashes'
import { openNote, verifies, type Checkpoint, type Keys } from './keys'

/** One block with what proves it, as the server hands it over. */
export interface Portion {
  uni: string
  block: ChainedBlock
  transactions: Transaction[]
  inclusion: string[]
  checkpoint: string
}

/** Reads what the server sent. */
export function portionOf(value: unknown): Portion {
  const p = isRecord(value) ? value : {}
  ensure(isText(p['uni']) && Array.isArray(p['transactions']) && Array.isArray(p['inclusion']) && p['inclusion'].every(isHash) && isText(p['checkpoint']), 'form', 'The server did not send a block.')
  return { uni: p['uni'], block: checkedBlock(p['block']), transactions: p['transactions'].map(checkedTransaction), inclusion: p['inclusion'] as string[], checkpoint: p['checkpoint'] }
}

/** The hashes of a block are those of its line. */
export async function checkHashes(uni: string, b: ChainedBlock): Promise<void> {
  const [hash, redacted] = await Promise.all([hashOf(uni, b), redactedHashOf(uni, b)])
  ensure(b.hash === hash && b.redactedHash === redacted, 'hash', 'The block’s hash is not that of its header.')
}

/** Timestamps grow from the block's first to its last. */
export function checkOrder(b: ChainedBlock, transactions: Transaction[]): void {
  ensure(transactions.length === b.count, 'order', `The block has ${transactions.length} transactions and says ${b.count}.`)
  transactions.forEach((t, i) => {
    const before = transactions[i - 1]?.ts ?? b.first - 1
    const right = t.ts > before && t.ts <= b.last && (i > 0 || t.ts === b.first) && (i < b.count - 1 || t.ts === b.last)
    ensure(right, 'order', `The transaction at ${t.ts} does not stand in its order.`)
  })
}

/** The transaction's owner signed it. Returns its hashes. */
export async function checkTransaction(uni: string, t: Transaction, keys: Keys): Promise<{ leaf: Bytes; redacted: Bytes }> {
  const key = keys.get(t.owner)
  ensure(key !== undefined, 'owner', `There is no key for node ${t.owner}.`)
  const leaves = await leavesOf(uni, t)
  ensure(await verifies(key.key, signedBy(leaves.leaf), unhex(t.signature)), 'signature', `${t.owner} did not sign transaction ${t.transaction}.`)
  return leaves
}

/** Both roots of a block are those of its transactions. */
export async function checkRoots(b: ChainedBlock, transactions: Transaction[], leaves: { leaf: Bytes; redacted: Bytes }[]): Promise<void> {
  const [full, redacted] = await Promise.all([
    Promise.all(leaves.map(({ leaf }, i) => stamped(transactions[i]!.ts, leaf))).then(rootOf),
    Promise.all(leaves.map(({ redacted }, i) => stamped(transactions[i]!.ts, redacted))).then(rootOf),
  ])
  ensure(equal(full, unhex(b.root)) && equal(redacted, unhex(b.redactedRoot)), 'root', 'The transactions are not those that the block was made of.')
}

/** A step of verifying a block, and how it went. */
export interface Step {
  what: string
  /** Why it failed; undefined when it is right. */
  problem?: string
  reason?: string
}

/** Verifies a block alone, step by step: every step that can be taken is. */
export async function verifyPortion(p: Portion, keys: Keys): Promise<{ steps: Step[]; checkpoint?: Checkpoint }> {
  const { uni, block, transactions } = p
  const steps: Step[] = []
  let checkpoint: Checkpoint | undefined
  const step = async (what: string, check: () => Promise<void> | void) => {
    try {
      await check()
      steps.push({ what })
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown
      steps.push({ what, problem: thrown.message, reason: thrown.reason })
    }
  }
  const leaves = await Promise.all(transactions.map((t) => leavesOf(uni, t)))
  await step('The block’s hash is that of its header', () => checkHashes(uni, block))
  await step('Its transactions stand in order', () => checkOrder(block, transactions))
  await step(`${transactions.length === 1 ? 'The transaction is' : `All ${transactions.length} transactions are`} signed by ${ownersOf(transactions)} (Ed25519)`, async () => {
    for (const t of transactions) await checkTransaction(uni, t, keys)
  })
  await step('Its roots are those of these transactions (RFC 6962)', () => checkRoots(block, transactions, leaves))
  await step('A checkpoint is signed by keys that are known', async () => {
    const c = await openNote(p.checkpoint, keys, false)
    ensure(c.uni === uni, 'uni', `The checkpoint is of ${c.uni}.`)
    checkpoint = c
  })
  const to = checkpoint
  if (to)
    await step(`The block is in the tree of that checkpoint, which has ${to.size.toLocaleString('en')} ${to.size === 1 ? 'block' : 'blocks'}`, async () => {
      const root = await included(await leafHash(unhex(await hashOf(uni, block))), Number(block.block), to.size, p.inclusion.map(unhex))
      ensure(root !== undefined && equal(root, to.root), 'proof', 'The proof does not lead to the checkpoint’s root.')
    })
  return { steps, ...(checkpoint === undefined ? {} : { checkpoint }) }
}

function ownersOf(transactions: Transaction[]): string {
  const owners = [...new Set(transactions.map((t) => t.owner))]
  return owners.length <= 3 ? owners.join(' and ') : `their ${owners.length} owners`
}
