import { useCallback, useEffect, useRef, useState } from 'react'
import { messageOf } from '../../api/http'
import { checkpointNote, consistencyOf, exported } from './api'
import { keepTrust, trustOf, withCheckpoint, type Kept } from './trust'
import type { LedgerOf } from './useLedger'
import { unhex } from './verify/bytes'
import { verifyExport, type Report } from './verify/export'
import { Refusal } from './verify/form'
import { continues } from './verify/hash'
import { openNote, type Keys } from './verify/keys'

/** How a verification of the whole ledger stands. */
export type Whole =
  | { state: 'running'; blocks: number; transactions: number }
  | { state: 'right'; report: Report; took: number }
  | { state: 'wrong'; message: string; reason: string; block: string }
  | { state: 'broken'; message: string }

/** How often progress is drawn, in milliseconds. */
const drawn = 100

/** Verifies the whole ledger as it comes from the server, by keys and checkpoints that
 *  this browser has. What was verified is kept as a checkpoint. */
export function useWhole(ledger: LedgerOf, keys: Keys | undefined) {
  const [whole, setWhole] = useState<Whole>()
  const control = useRef<AbortController>(undefined)
  useEffect(() => () => control.current?.abort(), [])
  const { uni, place } = ledger
  const start = useCallback(
    async (saved: string[]) => {
      if (!keys) return
      control.current?.abort()
      const own = (control.current = new AbortController())
      const began = performance.now()
      let last = 0
      setWhole({ state: 'running', blocks: 0, transactions: 0 })
      const onProgress = (blocks: number, transactions: number) => {
        const now = performance.now()
        if (now - last < drawn) return
        last = now
        setWhole({ state: 'running', blocks, transactions })
      }
      try {
        const report = await verifyExport(exported(place, own.signal), { keys, uni: uni.identity, saved, onProgress })
        keepTrust(uni.identity, withCheckpoint(trustOf(uni.identity), { size: report.blocks, note: report.checkpoint, at: Date.now() }))
        setWhole({ state: 'right', report, took: performance.now() - began })
      } catch (thrown) {
        if (own.signal.aborted) setWhole(undefined)
        else if (thrown instanceof Refusal) setWhole({ state: 'wrong', message: thrown.message, reason: thrown.reason, block: thrown.block })
        else setWhole({ state: 'broken', message: messageOf(thrown) })
        own.abort()
      }
    },
    [keys, place, uni.identity],
  )
  return { whole, start, cancel: useCallback(() => control.current?.abort(), []) }
}

/** Shows by a short proof that the ledger still begins as it was when a checkpoint was
 *  kept. Throws Refusal when it does not. Returns the new checkpoint's size. */
export async function checkContinues({ place, uni }: LedgerOf, keys: Keys, kept: Kept): Promise<number> {
  const note = await checkpointNote(place)
  const [old, now] = [await openNote(kept.note, keys, false), await openNote(note, keys, false)]
  if (old.uni !== uni.identity || now.uni !== uni.identity) throw new Refusal('uni', 'The checkpoint is of another uni.')
  if (now.size < old.size) throw new Refusal('short', `The ledger has ${now.size} blocks now, and had ${old.size}.`)
  if (now.size === old.size && now.text !== old.text) throw new Refusal('fork', 'The server has signed another history of the same size.')
  const proof = now.size === old.size ? [] : await consistencyOf(place, old.size, now.size)
  if (!(await continues(old.size, old.root, now.size, now.root, proof.map(unhex)))) throw new Refusal('fork', 'The ledger does not continue the checkpoint that was kept.')
  return now.size
}
