/** The hashes of transactions and blocks. */

import { be32, be64, hex, join, string, unhex, utf8, type Bytes } from './bytes'
import type { Block, ChainedBlock, Part, Transaction } from './form'
import { leafHash, rootOf, sha } from './hash'

/** The commitment of a part, which stands for it where it is left out. */
export function commitmentOf(part: Part): Promise<Bytes> {
  if (typeof part === 'string') return sha('seriatim open part v1\n', part)
  if ('commitment' in part) return Promise.resolve(unhex(part.commitment))
  return sha('seriatim guarded part v1\n', unhex(part.salt), string(part.path), part.text)
}

/** A transaction's two hashes: the full one, which its owner signs, and that of the text
 *  in which guarded parts are left out. */
export async function leavesOf(uni: string, t: Transaction): Promise<{ leaf: Bytes; redacted: Bytes }> {
  const header = join(Uint8Array.of(1), string(uni), string(t.transaction), string(t.owner), be64(t.submitted), be32(t.parts.length))
  const commitments = await Promise.all(t.parts.map(commitmentOf))
  const leaves = await Promise.all(t.parts.map((part, i) => leafHash(Uint8Array.of(typeof part === 'string' ? 0 : 1), commitments[i]!)))
  const text = t.parts.map((part, i) => (typeof part === 'string' ? part : `$\${${hex(commitments[i]!)}}`)).join('')
  const root = await rootOf(leaves)
  const [leaf, redacted] = await Promise.all([leafHash(header, root), leafHash('seriatim redacted transaction v1\n', header, text)])
  return { leaf, redacted }
}

/** The leaf of a transaction in the tree of its block. */
export const stamped = (ts: number, leaf: Bytes) => leafHash(be64(ts), leaf)

const common = (uni: string, b: Block) => join(string(uni), be64(Number(b.block)), be64(b.first), be64(b.last), be32(b.count))

/** A block's hash, computed from what its line says. */
export const hashOf = async (uni: string, b: Block) => hex(await sha('seriatim block v1\n', common(uni, b), unhex(b.previous), unhex(b.root)))

/** The hash of a block in the chain without guarded parts. */
export const redactedHashOf = async (uni: string, b: ChainedBlock) =>
  hex(await sha('seriatim redacted block v1\n', common(uni, b), unhex(b.previousRedacted), unhex(b.redactedRoot)))

/** What a transaction's owner signs. */
export const signedBy = (leaf: Bytes) => join(utf8('seriatim transaction v1\n'), leaf)

/** What a node signs of a ledger: its tree head as text. */
export const checkpointText = (uni: string, size: number, root: string, hash: string, redacted: string) => `seriatim/${uni}\n${size}\n${root}\nblock ${hash}\nredacted ${redacted}\n`
