import { useQueryClient } from '@tanstack/react-query'
import { Play, Square } from 'lucide-react'
import { useRef, useState } from 'react'
import { messageOf } from '../../api/http'
import { runScripts } from '../../api/run'
import { noticeEnd } from '../../api/session'
import { Button } from '../../design/Button'
import { Highlighted } from '../../editor/Highlighted'
import { useDatabase } from '../../layout/database'
import { FqlField } from '../collections/FqlField'
import { WillRun } from '../collections/writing'
import { after, begun, type Outcome } from '../shell/outcome'
import { Results } from '../shell/Results'
import { callText } from './texts'
import '../shell/shell.css'
import './functions.css'

/** A field for each parameter, and what the call gave. */
export function CallForm({ name, parameters, body }: { name: string; parameters: string[]; body: string }) {
  const [args, setArgs] = useState(() => parameters.map(() => ''))
  const text = callText(name, parameters.map((_, i) => args[i] ?? ''))
  const { outcome, run, cancel } = useCall()
  const running = outcome !== undefined && !outcome.ended
  const call = () => !running && run(text)
  return (
    <>
      <section className="panel" aria-label="Call">
        <div className="form">
          {parameters.length === 0 && <p className="form-note">It takes no arguments.</p>}
          {parameters.map((parameter, i) => (
            <FqlField key={parameter} label={parameter} room="line" value={args[i] ?? ''} onChange={(next) => setArgs((before) => parameters.map((_, k) => (k === i ? next : (before[k] ?? ''))))} onRun={call} placeholder="null" />
          ))}
          <WillRun text={text} />
          <div className="form-actions">
            {running ? (
              <Button icon={<Square />} onClick={cancel}>
                Cancel
              </Button>
            ) : (
              <Button kind="primary" icon={<Play />} onClick={call}>
                Call
              </Button>
            )}
            <span className="form-note">Arguments are FQL: "Fred", 5, Ref(Collection("stores"), "1"). Empty ones are null.</span>
          </div>
        </div>
      </section>
      {outcome && (
        <section className="panel call-results" aria-label="Result">
          <Results outcome={outcome} view="shell" onShow={() => {}} />
        </section>
      )}
      <section className="panel" aria-label="Body">
        <header className="panel-head">
          <span className="label">Body</span>
        </header>
        <div className="form">
          <Highlighted text={body} />
        </div>
      </section>
    </>
  )
}

/** Runs one text at a time and keeps what becomes of it. */
function useCall() {
  const { path } = useDatabase()
  const client = useQueryClient()
  const [outcome, setOutcome] = useState<Outcome>()
  const flight = useRef<AbortController>(undefined)
  const count = useRef(0)
  const run = (text: string) => {
    const mine = new AbortController()
    flight.current = mine
    setOutcome(begun(text, ++count.current))
    const tell = (next: (outcome: Outcome) => Outcome) => flight.current === mine && setOutcome((now) => now && next(now))
    runScripts(path, [{ text }], (event) => tell((now) => after(now, event)), mine.signal)
      .catch((thrown: unknown) => {
        noticeEnd(client, thrown)
        tell((now) => ({ ...now, ended: true, trouble: mine.signal.aborted ? 'Cancelled. What was running may or may not have happened.' : messageOf(thrown) }))
      })
      .finally(() => void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'language', refetchType: 'active' }))
  }
  return { outcome, run, cancel: () => flight.current?.abort() }
}
