import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError, messageOf } from '../../api/http'
import { runScripts } from '../../api/run'
import { sessionQuery } from '../../api/session'
import { remember } from './history'
import { after, begun, type Outcome } from './outcome'

/** A text to run for a pane. */
export interface Order {
  pane: number
  text: string
  /** Where it begins in the pane's editor. */
  offset: number
  /** How wide its results may be. */
  columns: number
}

/** What was run last in each pane of one database, and the way to run more. */
export interface Runs {
  outcomes: readonly (Outcome | undefined)[]
  /** Runs all orders at the same instant. What runs in their panes is cancelled. */
  run: (orders: Order[]) => void
  cancel: (pane: number) => void
}

/** The runs of a database, by its path. */
export function useRuns(database: string): Runs {
  const client = useQueryClient()
  const [outcomes, setOutcomes] = useState<readonly (Outcome | undefined)[]>([])
  const flights = useRef<(AbortController | undefined)[]>([])

  // What runs belongs to the database it was started in and ends when one leaves it.
  useEffect(() => {
    const open = flights.current
    return () => {
      for (const flight of open) flight?.abort()
      setOutcomes([])
    }
  }, [database])

  const run = useCallback(
    (orders: Order[]) => {
      const flight = new AbortController()
      const current = (pane: number) => flights.current[pane] === flight
      const set = (pane: number, next: (outcome: Outcome | undefined) => Outcome | undefined) => {
        if (current(pane)) setOutcomes((all) => replaced(all, pane, next(all[pane])))
      }
      for (const { pane, text, offset } of orders) {
        flights.current[pane]?.abort()
        flights.current[pane] = flight
        set(pane, () => begun(text, offset))
      }
      void fly(database, orders, flight.signal, (pane, next) => set(pane, (outcome) => outcome && next(outcome)), client)
    },
    [database, client],
  )
  const cancel = useCallback((pane: number) => flights.current[pane]?.abort(), [])
  return { outcomes, run, cancel }
}

function replaced<T>(all: readonly T[], at: number, value: T): T[] {
  const copy = [...all]
  copy[at] = value
  return copy
}

/** Sends the orders and tells every change of their panes' outcomes. */
async function fly(
  database: string,
  orders: Order[],
  signal: AbortSignal,
  tell: (pane: number, next: (outcome: Outcome) => Outcome) => void,
  client: QueryClient,
): Promise<void> {
  const scripts = orders.map(({ text, columns }) => ({ text, columns }))
  const failed = new Set<number>()
  const start = Date.now()
  try {
    await runScripts(
      database,
      scripts,
      (event) => {
        if (event.event === 'failure') failed.add(event.script)
        const order = orders[event.script]
        if (order) tell(order.pane, (outcome) => after(outcome, event))
      },
      signal,
    )
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.status === 401) client.setQueryData(sessionQuery.queryKey, null)
    const trouble = signal.aborted ? 'Cancelled. What was running may or may not have happened.' : messageOf(thrown)
    orders.forEach((order, script) => {
      failed.add(script)
      tell(order.pane, (outcome) => (outcome.ended ? outcome : { ...outcome, ended: true, trouble }))
    })
  }
  orders.forEach(({ text }, script) => remember(database, { text, at: start, took: Date.now() - start, failed: failed.has(script) }))
  // Definitions and documents may be others now.
  void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'language', refetchType: 'active' })
}
