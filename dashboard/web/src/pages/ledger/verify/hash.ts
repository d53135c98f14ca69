/** SHA-256 and the trees of RFC 6962, by the browser's WebCrypto. */

import { equal, join, type Bytes } from './bytes'

/** SHA-256 of the parts, one after the other. */
export async function sha(...parts: (Bytes | string)[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', join(...parts)))
}

/** The hash of a leaf. */
export const leafHash = (...data: (Bytes | string)[]) => sha(Uint8Array.of(0), ...data)

const nodeHash = (left: Bytes, right: Bytes) => sha(Uint8Array.of(1), left, right)

/** A tree that grows: it holds the roots of the perfect subtrees of its leaves so far. */
export class Tree {
  size = 0
  private peaks: Bytes[] = []

  async add(leaf: Bytes): Promise<void> {
    let top = leaf
    for (let n = this.size++; n % 2 === 1; n = Math.floor(n / 2)) top = await nodeHash(this.peaks.pop()!, top)
    this.peaks.push(top)
  }

  async root(): Promise<Bytes> {
    let root = this.peaks.at(-1) ?? (await sha())
    for (const left of this.peaks.slice(0, -1).reverse()) root = await nodeHash(left, root)
    return root
  }
}

/** The root of the tree of leaves, all of which are there. */
export async function rootOf(leaves: Bytes[]): Promise<Bytes> {
  const tree = new Tree()
  for (const leaf of leaves) await tree.add(leaf)
  return tree.root()
}

/** The root that an inclusion proof leads to; undefined when its length is wrong. */
export async function included(leaf: Bytes, index: number, size: number, proof: Bytes[]): Promise<Bytes | undefined> {
  if (index >= size) return undefined
  let [fn, sn, root] = [BigInt(index), BigInt(size) - 1n, leaf]
  for (const p of proof) {
    if (sn === 0n) return undefined
    if (fn & 1n || fn === sn) {
      root = await nodeHash(p, root)
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n]
    } else root = await nodeHash(root, p)
    ;[fn, sn] = [fn >> 1n, sn >> 1n]
  }
  return sn === 0n ? root : undefined
}

/** Whether a consistency proof shows that the tree of `to` leaves begins with that of
 *  `from` (RFC 6962, section 2.1.2). */
export async function continues(from: number, fromRoot: Bytes, to: number, toRoot: Bytes, proof: Bytes[]): Promise<boolean> {
  if (from < 1 || from > to) return false
  if (from === to) return proof.length === 0 && equal(fromRoot, toRoot)
  const path = Number.isInteger(Math.log2(from)) ? [fromRoot, ...proof] : [...proof]
  const first = path.shift()
  if (!first) return false
  let [fn, sn] = [BigInt(from) - 1n, BigInt(to) - 1n]
  while (fn & 1n) [fn, sn] = [fn >> 1n, sn >> 1n]
  let [old, now] = [first, first]
  for (const p of path) {
    if (sn === 0n) return false
    if (fn & 1n || fn === sn) {
      old = await nodeHash(p, old)
      now = await nodeHash(p, now)
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n]
    } else now = await nodeHash(now, p)
    ;[fn, sn] = [fn >> 1n, sn >> 1n]
  }
  return sn === 0n && equal(old, fromRoot) && equal(now, toRoot)
}
