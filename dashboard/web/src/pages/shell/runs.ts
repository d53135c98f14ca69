import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useCallback, useSyncExternalStore } from 'react'
import { ApiError, messageOf } from '../../api/http'
import { runScripts, type Manner, type RunEvent } from '../../api/run'
import { noticeEnd, whenLeft } from '../../api/session'
import { remember, type Entry } from './history'
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
  run: (orders: Order[], manner?: Manner) => void
  cancel: (pane: number) => void
}

/** The runs of a database, by its path. They stay when the page is left, and go on. */
export function useRuns(database: string): Runs {
  const client = useQueryClient()
  const runs = runsOf(database)
  const outcomes = useSyncExternalStore(runs.subscribe, () => runs.outcomes)
  const run = useCallback((orders: Order[], manner?: Manner) => runs.run(orders, client, manner), [runs, client])
  return { outcomes, run, cancel: runs.cancel }
}

/** What ran in a database since the page was loaded, newest of each pane. */
class DatabaseRuns {
  outcomes: readonly (Outcome | undefined)[] = []
  private flights: (AbortController | undefined)[] = []
  private count = 0
  private listeners = new Set<() => void>()

  constructor(private readonly database: string) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  cancel = (pane: number): void => this.flights[pane]?.abort()

  run(orders: Order[], client: QueryClient, manner: Manner = {}): void {
    const flight = new AbortController()
    const number = ++this.count
    for (const { pane, text, offset, line, column } of orders) {
      this.cancel(pane)
      this.flights[pane] = flight
      this.set(pane, begun(text, number, offset, line, column))
    }
    const tell = (pane: number, next: (outcome: Outcome) => Outcome) => {
      const outcome = this.outcomes[pane]
      if (this.flights[pane] === flight && outcome) this.set(pane, next(outcome))
    }
    void fly(this.database, orders, flight.signal, tell, client, manner).then((entries) => {
      // Who has signed out is to find nothing more here.
      if (all.get(this.database) === this) for (const entry of entries) remember(this.database, entry)
    })
  }

  /** Cancels and forgets everything. */
  forget(): void {
    for (const flight of this.flights) flight?.abort()
    this.flights = []
    this.outcomes = []
  }

  private set(pane: number, outcome: Outcome): void {
    const copy = [...this.outcomes]
    copy[pane] = outcome
    this.outcomes = copy
    for (const listener of this.listeners) listener()
  }
}

const all = new Map<string, DatabaseRuns>()

function runsOf(database: string): DatabaseRuns {
  let runs = all.get(database)
  if (!runs) all.set(database, (runs = new DatabaseRuns(database)))
  return runs
}

// Whoever signs in next must not see them.
whenLeft(() => {
  for (const runs of all.values()) runs.forget()
  all.clear()
})

/** How often results are drawn at most, in milliseconds: thousands of short queries
 *  answer faster than a page can follow, and it must still take a click. */
const drawEvery = 50

const unsure = 'What was running may or may not have happened.'

/** Whether nothing was answered to what may have arrived. */
const lost = (thrown: unknown) => thrown instanceof ApiError && thrown.errors[0]?.code === 'no answer'

/** Sends the orders and tells every change of their panes' outcomes. Returns what the
 *  history gets. */
async function fly(
  database: string,
  orders: Order[],
  signal: AbortSignal,
  tell: (pane: number, next: (outcome: Outcome) => Outcome) => void,
  client: QueryClient,
  manner: Manner,
): Promise<Entry[]> {
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
      manner,
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
  // Definitions and documents may be others now.
  void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'language', refetchType: 'active' })
  return orders.map(({ text }, script) => ({ text, at: start, took: Date.now() - start, failed: failed.has(script) }))
}
