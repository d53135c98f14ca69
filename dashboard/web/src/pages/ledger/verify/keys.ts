/** Public keys of nodes, and what they signed. */

import { equal, unbase64, unhex, utf8, type Bytes } from './bytes'
import { ensure, isInteger, isName, Refusal } from './form'
import { sha } from './hash'

export interface Key {
  /** The first four bytes of the key's hash, which stand in notes. */
  short: Bytes
  key: CryptoKey
}

/** Keys by the names of nodes. */
export type Keys = ReadonlyMap<string, Key>

/** Why this browser cannot verify, or undefined when it can. */
export async function obstacle(): Promise<string | undefined> {
  if (!globalThis.crypto?.subtle) return 'This browser gives pages its cryptography over HTTPS and on this machine only, and this page came over plain HTTP. Verify with “seriatim ledger verify” instead.'
  try {
    await crypto.subtle.importKey('raw', new Uint8Array(32), { name: 'Ed25519' }, false, ['verify'])
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'NotSupportedError') return 'This browser’s WebCrypto has no Ed25519, so it cannot check signatures. Use a newer one, or verify with “seriatim ledger verify”.'
  }
  return undefined
}

/** Reads keys from 32 bytes in base64 for each node, as the server shows them. */
export async function keysOf(nodes: { name: string; publicKey: string }[]): Promise<Keys> {
  const entries = await Promise.all(nodes.map(async ({ name, publicKey }): Promise<[string, Key]> => [name, await keyOf(name, unbase64(publicKey) ?? new Uint8Array())]))
  return new Map(entries)
}

/** Reads lines of name+hash+base64, as “seriatim node keys” prints them. */
export async function readKeys(text: string): Promise<Keys> {
  const keys = new Map<string, Key>()
  for (const line of text.split('\n').map((l) => l.trim()).filter((l) => l !== '' && !l.startsWith('#'))) {
    const [name = '', hash = '', ...rest] = line.split('+')
    const raw = unbase64(rest.join('+'))
    if (!raw || raw.length !== 33 || raw[0] !== 1) throw new Error(`This is no line of a public key: ${line}`)
    const key = await keyOf(name, raw.slice(1))
    if (!equal(key.short, /^[0-9a-f]{8}$/.test(hash) ? unhex(hash) : new Uint8Array())) throw new Error(`The hash in this line is not that of the key: ${line}`)
    keys.set(name, key)
  }
  return keys
}

async function keyOf(name: string, raw: Bytes): Promise<Key> {
  const short = (await sha(`${name}\n`, Uint8Array.of(1), raw)).slice(0, 4)
  return { short, key: await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, true, ['verify']) }
}

/** Whether a key signed a message. */
export const verifies = (key: CryptoKey, message: Bytes, signature: Bytes): Promise<boolean> => crypto.subtle.verify({ name: 'Ed25519' }, key, signature, message)

/** A checkpoint whose signatures were checked. */
export interface Checkpoint {
  /** The five lines that are signed. */
  text: string
  uni: string
  size: number
  root: Bytes
  /** The hash of the last block. */
  hash: string
  /** Whose signatures were found right. */
  signed: string[]
}

/** Opens a signed checkpoint. A strict one may have no signature that cannot be checked;
 *  otherwise those of unknown keys are passed over. Throws Refusal. */
export async function openNote(note: string, keys: Keys, strict: boolean): Promise<Checkpoint> {
  const at = note.lastIndexOf('\n\n')
  ensure(at >= 0 && note.endsWith('\n') && !/[\x00-\x09\x0b-\x1f]/.test(note), 'checkpoint', 'The checkpoint is no signed note.')
  const text = note.slice(0, at + 1)
  const lines = note.slice(at + 2).split('\n').slice(0, -1)
  ensure(lines.length > 0 && lines.length <= 100, 'checkpoint', 'The checkpoint has no signatures, or too many.')
  const signed = await signersOf(text, lines, keys, strict)
  ensure(signed.length > 0, 'checkpoint', 'The checkpoint has no signature of a key that is known.')
  return { ...contents(text), signed }
}

async function signersOf(text: string, lines: string[], keys: Keys, strict: boolean): Promise<string[]> {
  const signed = new Set<string>()
  for (const line of lines) {
    const [, name = '', base64 = ''] = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/u.exec(line) ?? []
    ensure(name !== '', 'checkpoint', 'A signature of the checkpoint is malformed.')
    const canonical = unbase64(base64)
    const raw = canonical ?? loose(base64)
    const node = keys.get(name)
    const known = node !== undefined && equal(node.short, raw.slice(0, 4))
    ensure(!strict || (known && !signed.has(name) && canonical !== undefined), 'checkpoint', `A signature of the checkpoint, by ${name}, cannot be checked.`)
    if (!known) continue
    ensure(await verifies(node.key, utf8(text), raw.slice(4)), 'checkpoint', `${name} did not sign the checkpoint.`)
    signed.add(name)
  }
  return [...signed]
}

/** Base64 however it is spelled. */
function loose(text: string): Bytes {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}

function contents(text: string): Omit<Checkpoint, 'signed'> {
  const m = /^seriatim\/([^\n]+)\n([1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\nblock ([0-9a-f]{64})\nredacted ([0-9a-f]{64})\n$/u.exec(text)
  const [, uni = '', size = '', base64 = '', hash = ''] = m ?? []
  const root = unbase64(base64)
  if (!m || !root || !isName(uni) || !isInteger(Number(size))) throw new Refusal('checkpoint', 'The signed note is no checkpoint of a ledger.')
  return { text, uni, size: Number(size), root, hash }
}
