import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError, messageOf } from '../../api/http'
import { runScripts, type RunEvent } from '../../api/run'
import { noticeEnd } from '../../api/session'
import { remember } from './history'
import { Gathered } from './gathered'
import { after, begun, type Outcome } from './outcome'

/** A text to run for a pane. */
export interface Order {
  pane: number
  text: string
  /** Where it begins in the pane's editor, whose lines and columns count from 1. */
  offset: number
  line: number
  column: number
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
  const count = useRef(0)

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
      const number = ++count.current
      const current = (pane: number) => flights.current[pane] === flight
      const set = (pane: number, next: (outcome: Outcome | undefined) => Outcome | undefined) => {
        if (current(pane)) setOutcomes((all) => replaced(all, pane, next(all[pane])))
      }
      for (const { pane, text, offset, line, column } of orders) {
        flights.current[pane]?.abort()
        flights.current[pane] = flight
        set(pane, () => begun(text, number, offset, line, column))
      }
      void fly(database, orders, flight.signal, (pane, next) => set(pane, (outcome) => outcome && next(outcome)), client)
    },
    [database, client],
  )
  const cancel = useCallback((pane: number) => flights.current[pane]?.abort(), [])
  return { outcomes, run, cancel }
}

/** How often results are drawn at most, in milliseconds: thousands of short queries
 *  answer faster than a page can follow, and it must still take a click. */
const drawEvery = 50

const unsure = 'What was running may or may not have happened.'

/** Whether nothing was answered to what may have arrived. */
const lost = (thrown: unknown) => thrown instanceof ApiError && thrown.errors[0]?.code === 'no answer'

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
  const events = new Gathered<RunEvent>(drawEvery, (gathered) => {
    orders.forEach(({ pane }, script) => {
      const mine = gathered.filter((event) => event.script === script)
      if (mine.length > 0) tell(pane, (outcome) => mine.reduce(after, outcome))
    })
  })
  try {
    await runScripts(
      database,
      scripts,
      (event) => {
        if (event.event === 'failure') failed.add(event.script)
        events.add(event)
      },
      signal,
    )
    events.flush()
  } catch (thrown) {
    events.flush()
    noticeEnd(client, thrown)
    const trouble = signal.aborted ? `Cancelled. ${unsure}` : lost(thrown) ? `${messageOf(thrown)} ${unsure}` : messageOf(thrown)
    orders.forEach((order, script) => {
      failed.add(script)
      tell(order.pane, (outcome) => (outcome.ended ? outcome : { ...outcome, ended: true, trouble }))
    })
  }
  orders.forEach(({ text }, script) => remember(database, { text, at: start, took: Date.now() - start, failed: failed.has(script) }))
  // Definitions and documents may be others now.
  void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'language', refetchType: 'active' })
}
