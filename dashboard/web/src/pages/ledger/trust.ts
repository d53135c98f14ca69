/** What this browser keeps of a uni, so that a server cannot show it another history
 *  later: the nodes' keys as they were first seen, and checkpoints that were verified. */

import { useSyncExternalStore } from 'react'
import { recall, remember } from '../../storage'

export interface Trust {
  /** Public keys in base64 by node. */
  keys: Record<string, string>
  /** When the first of them was seen, in milliseconds; 0 for never. */
  since: number
  /** Signed checkpoints, the oldest first. */
  checkpoints: Kept[]
}

/** A checkpoint that was kept. */
export interface Kept {
  size: number
  note: string
  at: number
}

/** How many checkpoints are kept. */
export const mostKept = 20

const keyOf = (identity: string) => `seriatim.trust/${identity}`
const none: Trust = { keys: {}, since: 0, checkpoints: [] }

/** Reads what is kept; what cannot be read is as if nothing were. */
export function trustIn(text: string | null): Trust {
  try {
    const { keys, since, checkpoints } = JSON.parse(text ?? '{}') as Partial<Trust>
    return { keys: typeof keys === 'object' ? keys : {}, since: Number(since) || 0, checkpoints: Array.isArray(checkpoints) ? checkpoints.filter((c) => typeof c?.note === 'string') : [] }
  } catch {
    return none
  }
}

/** Adds the keys of nodes that are seen for the first time, and names those whose key
 *  is now another. */
export function withKeys(trust: Trust, nodes: { name: string; publicKey: string }[], now: number): { trust: Trust; changed: string[] } {
  const changed = nodes.filter((n) => trust.keys[n.name] !== undefined && trust.keys[n.name] !== n.publicKey).map((n) => n.name)
  const fresh = nodes.filter((n) => trust.keys[n.name] === undefined)
  if (fresh.length === 0) return { trust, changed }
  return { trust: { ...trust, since: trust.since || now, keys: { ...trust.keys, ...Object.fromEntries(fresh.map((n) => [n.name, n.publicKey])) } }, changed }
}

/** Adds a checkpoint. One of that size is there once; when there are many, the oldest
 *  stays, since it reaches back furthest, and the next go. */
export function withCheckpoint(trust: Trust, kept: Kept): Trust {
  const others = trust.checkpoints.filter((c) => c.size !== kept.size || c.note.split('\n\n')[0] !== kept.note.split('\n\n')[0])
  const all = [...others, kept].sort((a, b) => a.size - b.size)
  return { ...trust, checkpoints: all.length > mostKept ? [all[0]!, ...all.slice(all.length - mostKept + 1)] : all }
}

const listeners = new Set<() => void>()
const read = new Map<string, { text: string | null; trust: Trust }>()

/** What is kept of the uni of that identity. */
export function trustOf(identity: string): Trust {
  const text = recall(keyOf(identity))
  const known = read.get(identity)
  if (known && known.text === text) return known.trust
  const trust = trustIn(text)
  read.set(identity, { text, trust })
  return trust
}

/** Keeps another in its place. */
export function keepTrust(identity: string, trust: Trust): void {
  remember(keyOf(identity), JSON.stringify(trust))
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** What is kept of a uni, as it changes. */
export function useTrust(identity: string): Trust {
  return useSyncExternalStore(subscribe, () => trustOf(identity))
}
