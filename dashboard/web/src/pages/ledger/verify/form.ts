/** The text of exports: JSON with exactly one spelling. What was understood is written
 *  again and compared, so nothing has to be looked for. */

import { utf8 } from './bytes'

/** Why something is refused: the word that docs/ledger.md has for it, and the block. */
export class Refusal extends Error {
  constructor(
    readonly reason: string,
    detail: string,
    public block = '',
  ) {
    super(detail)
  }
}

export function ensure(ok: boolean, reason: string, detail: string): asserts ok {
  if (!ok) throw new Refusal(reason, detail)
}

export type Part = string | { salt: string; path: string; text: string } | { commitment: string }

export interface Transaction {
  transaction: string
  ts: number
  owner: string
  submitted: number
  parts: Part[]
  signature: string
}

export interface Block {
  block: string
  first: number
  last: number
  count: number
  previous: string
  root: string
}

export interface ChainedBlock extends Block {
  hash: string
  previousRedacted: string
  redactedRoot: string
  redactedHash: string
}

const fullChain = ['block', 'first', 'last', 'count', 'previous', 'root']
const bothChains = [...fullChain, 'hash', 'previousRedacted', 'redactedRoot', 'redactedHash']
const ofTransaction = ['transaction', 'ts', 'owner', 'submitted', 'parts', 'signature']

/** Reads a line that is an object of these members, in this order. */
export function parse(line: Uint8Array, members: string[]): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line)
    const value: unknown = JSON.parse(text)
    if (isRecord(value) && JSON.stringify(pick(value, members)) === text) return value
  } catch {
    // said below
  }
  throw new Refusal('form', 'It is not the canonical text of a ledger.')
}

/** Reads a block's line. */
export const parseBlock = (line: Uint8Array): ChainedBlock => checkedBlock(parse(line, bothChains))

/** Reads a transaction's line. */
export const parseTransaction = (line: Uint8Array): Transaction => checkedTransaction(parse(line, ofTransaction))

export function checkedBlock(value: unknown): ChainedBlock {
  ensure(isExactly(value, bothChains), 'form', 'The block has other members than it should.')
  const b = value as unknown as ChainedBlock
  const height = Number(b.block)
  ensure(typeof b.block === 'string' && /^[0-9]{15,}$/.test(b.block) && String(height).padStart(15, '0') === b.block && isInteger(height), 'form', 'The block has no proper id.')
  ensure(isInteger(b.first) && isInteger(b.last) && b.first <= b.last && isInteger(b.count, 2 ** 32 - 1) && b.count > 0, 'form', 'The block’s times or its count are not what they can be.')
  const hashes = [b.previous, b.root, b.hash, b.previousRedacted, b.redactedRoot, b.redactedHash]
  ensure(hashes.every((h) => isHex(h, 32)), 'form', 'A hash of the block is none.')
  return b
}

export function checkedTransaction(value: unknown): Transaction {
  ensure(isExactly(value, ofTransaction), 'form', 'The transaction has other members than it should.')
  const t = value as unknown as Transaction
  ensure(isName(t.transaction) && isName(t.owner) && isInteger(t.ts) && isInteger(t.submitted), 'form', 'The transaction’s names or times are not what they can be.')
  ensure(Array.isArray(t.parts) && t.parts.length > 0 && t.parts.every(isPart) && isHex(t.signature, 64), 'form', 'The transaction’s parts or its signature are not what they can be.')
  return t
}

function isPart(p: unknown): boolean {
  if (isText(p)) return true
  if (!isRecord(p)) return false
  if ('commitment' in p) return isExactly(p, ['commitment']) && isHex(p['commitment'], 32)
  return isExactly(p, ['salt', 'path', 'text']) && isHex(p['salt'], 16) && isText(p['path']) && isText(p['text'])
}

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const pick = (value: Record<string, unknown>, members: string[]) => Object.fromEntries(members.map((m) => [m, value[m]]))
const isExactly = (value: unknown, members: string[]): value is Record<string, unknown> => isRecord(value) && JSON.stringify(pick(value, members)) === JSON.stringify(value)
const isHex = (s: unknown, bytes: number): s is string => typeof s === 'string' && s.length === 2 * bytes && /^[0-9a-f]*$/.test(s)
export const isText = (s: unknown): s is string => typeof s === 'string' && !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(s)
export const isName = (s: unknown): s is string => isText(s) && /^[^\x00-\x1f\x7f]+$/.test(s) && utf8(s).length <= 255
export const isInteger = (n: unknown, most = Number.MAX_SAFE_INTEGER): n is number => Number.isSafeInteger(n) && (n as number) >= 0 && (n as number) <= most
export const isHash = (h: unknown): h is string => isHex(h, 32)

/** A block's id from its height. */
export const blockID = (height: number): string => String(height).padStart(15, '0')
