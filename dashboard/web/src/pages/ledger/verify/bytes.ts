/** Bytes as the ledger's format writes them (docs/ledger.md). */

export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()

/** The UTF-8 of a text. */
export const utf8 = (text: string): Bytes => encoder.encode(text)

/** A number in 8 bytes, the highest first. */
export function be64(n: number): Bytes {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(n))
  return bytes
}

/** A number in 4 bytes, the highest first. */
export const be32 = (n: number): Bytes => be64(n).slice(4)

/** A text after its length. */
export function string(text: string): Bytes {
  const bytes = utf8(text)
  return join(be32(bytes.length), bytes)
}

/** Bytes one after the other; texts in UTF-8. */
export function join(...parts: (Bytes | string)[]): Bytes {
  const all = parts.map((p) => (typeof p === 'string' ? utf8(p) : p))
  const out = new Uint8Array(all.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of all) {
    out.set(p, at)
    at += p.length
  }
  return out
}

const digits = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'))

/** Lower-case hexadecimal. */
export function hex(bytes: Bytes): string {
  let text = ''
  for (const b of bytes) text += digits[b]
  return text
}

/** The bytes of hexadecimal text, which has an even number of digits. */
export function unhex(text: string): Bytes {
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

/** The bytes of base64 with padding; undefined when it is none, or spelled in another
 *  than the one way. */
export function unbase64(text: string): Bytes | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
    return base64(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}

/** Base64 with padding. */
export const base64 = (bytes: Bytes): string => btoa(String.fromCharCode(...bytes))

export const equal = (a: Bytes, b: Bytes): boolean => a.length === b.length && a.every((x, i) => x === b[i])
