import { useCallback, useEffect, useRef, useState } from 'react'
import { messageOf } from '../../api/http'
import { remember } from '../shell/history'
import { errorsIn } from './answers'
import { run, type Answer, type Caller, type Operation } from './api'
import { follow } from './live'
import type { Chosen } from './operations'

/** What a run has given so far. */
export interface Outcome {
  chosen: Chosen
  running: boolean
  /** Of a query or mutation. */
  answer?: Answer
  /** Of a subscription, the newest first. */
  events: { number: number; at: number; text: string }[]
  /** How many events there were in all. */
  count: number
  /** Why there is no answer, or why a subscription ended. */
  trouble?: string
}

/** How many events of a subscription are kept. */
export const eventsKept = 200

/** Under which name the history of a uni's operations is kept. */
export const historyOf = ({ place }: Caller) => `graphql/${place.database}/${place.uni}`

/** Runs one operation at a time. */
export function useGraphRuns(caller: Caller) {
  const [outcome, setOutcome] = useState<Outcome>()
  const stop = useRef<() => void>(undefined)
  const latest = useRef(caller)
  latest.current = caller
  useEffect(() => () => stop.current?.(), [])

  const start = useCallback((chosen: Chosen, whole: string, variables: Record<string, unknown>, headers: Record<string, string>) => {
    stop.current?.()
    const operation: Operation = {
      query: chosen.text,
      ...(chosen.name === undefined ? {} : { operationName: chosen.name }),
      ...(Object.keys(variables).length === 0 ? {} : { variables }),
    }
    const begun = { chosen, running: true, events: [], count: 0 }
    setOutcome(begun)
    const at = Date.now()
    const note = (took: number, failed: boolean) => remember(historyOf(latest.current), { text: whole, at, took: Math.round(took), failed })
    if (chosen.kind === 'subscription') {
      note(0, false)
      stop.current = follow(latest.current, operation, {
        onOpen: () => undefined,
        onNext: (text) => setOutcome((o) => o && { ...o, count: o.count + 1, events: [{ number: o.count + 1, at: Date.now(), text }, ...o.events].slice(0, eventsKept) }),
        onEnd: (reason) => setOutcome((o) => o && { ...o, running: false, ...(reason === '' ? {} : { trouble: reason }) }),
      })
      return
    }
    const control = new AbortController()
    stop.current = () => control.abort()
    run(latest.current, operation, headers, control.signal).then(
      (answer) => {
        note(answer.took, errorsIn(answer.text).length > 0)
        setOutcome({ ...begun, running: false, answer })
      },
      (thrown: unknown) => {
        if (control.signal.aborted) return setOutcome({ ...begun, running: false, trouble: 'Cancelled. What was sent may have happened.' })
        note(0, true)
        setOutcome({ ...begun, running: false, trouble: messageOf(thrown) })
      },
    )
  }, [])
  return { outcome, start, stop: useCallback(() => stop.current?.(), []) }
}
