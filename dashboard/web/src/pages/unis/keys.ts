import type { UniNode } from './api'

/** The line that a verifier takes for a node's public key: name, hash and key
 *  (docs/ledger.md). Undefined where the browser has no WebCrypto, which it has over
 *  HTTPS and on this machine only. */
export async function keyLine({ name, publicKey }: Pick<UniNode, 'name' | 'publicKey'>): Promise<string | undefined> {
  if (!globalThis.crypto?.subtle) return undefined
  const raw = Uint8Array.from([1, ...bytesOf(publicKey)])
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array([...new TextEncoder().encode(`${name}\n`), ...raw]))
  const hash = [...new Uint8Array(digest).slice(0, 4)].map((b) => b.toString(16).padStart(2, '0')).join('')
  return `${name}+${hash}+${btoa(String.fromCharCode(...raw))}`
}

const bytesOf = (base64: string) => [...atob(base64)].map((c) => c.charCodeAt(0))

/** What a choice of when a key ends comes to, as an RFC 3339 time; undefined is never. */
export function expiryIn(days: number | undefined, now: number): string | undefined {
  return days === undefined ? undefined : new Date(now + days * 86_400_000).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
