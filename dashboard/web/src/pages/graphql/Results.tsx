import { CircleAlert, Waypoints } from 'lucide-react'
import { memo, useMemo } from 'react'
import { CopyButton } from '../../design/CopyButton'
import { Highlighted } from '../../editor/Highlighted'
import { jsonText } from '../../value/written'
import { clock, toldMicros } from '../../value/when'
import { errorsIn, indented, type GraphError } from './answers'
import type { Answer } from './api'
import { eventsKept, type Outcome } from './runs'
import '../shell/shell.css'

type OnShow = (line: number, column: number) => void

/** What the last run gave. */
export function Results({ outcome, onShow }: { outcome: Outcome | undefined; onShow: OnShow }) {
  return (
    <div className="results" aria-live="polite" aria-busy={outcome?.running === true}>
      {!outcome && (
        <div className="results-none">
          <Waypoints aria-hidden="true" />
          Results appear here.
        </div>
      )}
      {outcome?.running && (
        <p className="results-running">
          <span className="spinner" aria-hidden="true" />
          {outcome.chosen.kind === 'subscription' ? `Following. ${counted(outcome.count)} so far` : 'Running'}
        </p>
      )}
      {outcome && !outcome.running && outcome.chosen.kind === 'subscription' && <p className="results-rest">Ended. {counted(outcome.count)}</p>}
      {outcome?.trouble !== undefined && (
        <div className="answer answer-failed" role="alert">
          <p className="failure-headline">{outcome.trouble}</p>
        </div>
      )}
      {outcome?.answer && <Shown answer={outcome.answer} title={title(outcome)} onShow={onShow} />}
      {outcome?.events.map((event) => <Event key={event.number} number={event.number} at={event.at} text={event.text} onShow={onShow} />)}
      {outcome && outcome.count > eventsKept && <p className="results-rest">Only the last {eventsKept} are shown.</p>}
    </div>
  )
}

const counted = (n: number) => `${n.toLocaleString('en')} ${n === 1 ? 'event' : 'events'}`
const title = ({ chosen }: Outcome) => `${chosen.kind} ${chosen.name ?? ''}`.trim()

function Shown({ answer, title, onShow }: { answer: Answer; title: string; onShow: OnShow }) {
  const text = useMemo(() => indented(answer.text), [answer.text])
  const errors = useMemo(() => errorsIn(answer.text), [answer.text])
  const detail = [answer.txn ? `as of ${toldMicros(answer.txn).exact}` : '', answer.retries ? `${answer.retries} retries` : ''].filter(Boolean).join('\n')
  return (
    <article className={errors.length > 0 ? 'answer answer-failed' : 'answer'}>
      <header className="answer-head">
        <span className="graph-answer-title">{title}</span>
        <span className="answer-taken" title={detail}>
          {Math.round(answer.took).toLocaleString('en')} ms
        </span>
        <CopyButton text={text} label="Copy the result" />
      </header>
      {errors.length > 0 && <Errors errors={errors} onShow={onShow} />}
      <Highlighted text={text} language="json" />
    </article>
  )
}

const Event = memo(function Event({ number, at, text, onShow }: { number: number; at: number; text: string; onShow: OnShow }) {
  const shown = useMemo(() => indented(text), [text])
  const errors = useMemo(() => errorsIn(text), [text])
  return (
    <article className={errors.length > 0 ? 'answer answer-failed' : 'answer'}>
      <header className="answer-head">
        <span className="graph-answer-title">
          <span className="answer-number">{number}</span>
        </span>
        <time className="answer-taken" dateTime={new Date(at).toISOString()}>
          {clock(at * 1000)}
        </time>
        <CopyButton text={shown} label="Copy the event" />
      </header>
      {errors.length > 0 && <Errors errors={errors} onShow={onShow} />}
      <Highlighted text={shown} language="json" />
    </article>
  )
})

function Errors({ errors, onShow }: { errors: GraphError[]; onShow: OnShow }) {
  return (
    <div role="alert">
      <ul className="graph-errors">
        {errors.map((e, i) => (
          <li key={i} className="failure-line">
            <CircleAlert aria-hidden="true" />
            <span className="graph-error">
              <span className="failure-text">{e.message}</span>
              <span className="graph-error-about">{about(e)}</span>
              {e.locations?.[0] && (
                <button type="button" className="failure-place" onClick={() => onShow(e.locations![0]!.line, e.locations![0]!.column)}>
                  line {e.locations[0].line}, column {e.locations[0].column}
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The code, and what of the operation and of the document an error is about. */
function about({ path, extensions = {} }: GraphError): string {
  const { code, instancePath, keyword, limit } = extensions
  const texts = [
    typeof code === 'string' ? code : '',
    path ? `at ${path.join('.')}` : '',
    typeof instancePath === 'string' && instancePath !== '' ? instancePath : '',
    typeof keyword === 'string' ? `${keyword}${limit === undefined || limit === null ? '' : ` ${jsonText(limit)}`}` : '',
  ]
  return texts.filter(Boolean).join(' · ')
}
