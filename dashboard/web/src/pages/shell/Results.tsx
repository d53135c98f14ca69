import { SquareTerminal } from 'lucide-react'
import type { ResultEvent } from '../../api/run'
import { CopyButton } from '../../design/CopyButton'
import { Highlighted } from '../../editor/Highlighted'
import { useLinks } from '../../layout/links'
import { Failure } from './Failure'
import { queryText, remainder, type Outcome } from './outcome'
import type { View } from './ShellPage'

interface Props {
  outcome: Outcome | undefined
  view: View
  /** Selects a range of the editor. */
  onShow: (from: number, to: number) => void
}

/** The answers of a run, one below the other. */
export function Results({ outcome, view, onShow }: Props) {
  return (
    <div className="results" aria-live="polite" aria-busy={outcome !== undefined && !outcome.ended}>
      <span className="columns-probe" aria-hidden="true">
        0000000000
      </span>
      {!outcome && (
        <div className="results-none">
          <SquareTerminal aria-hidden="true" />
          Results appear here.
        </div>
      )}
      {outcome?.answers.map((answer, i) =>
        answer.event === 'result' ? (
          <Result key={i} outcome={outcome} answer={answer} view={view} onShow={onShow} />
        ) : (
          <Failure key={i} outcome={outcome} failure={answer} onShow={onShow} />
        ),
      )}
      {outcome && !outcome.ended && (
        <p className="results-running">
          <span className="spinner" aria-hidden="true" />
          {outcome.queries.length > 1 ? `Running query ${Math.min(outcome.answers.length + 1, outcome.queries.length)} of ${outcome.queries.length}` : 'Running'}
        </p>
      )}
      {outcome && remainder(outcome) && <p className="results-rest">{remainder(outcome)}</p>}
      {outcome?.trouble && (
        <div className="answer answer-failed" role="alert">
          <p className="failure-headline">{outcome.trouble}</p>
        </div>
      )}
    </div>
  )
}

function Result({ outcome, answer, view, onShow }: { outcome: Outcome; answer: ResultEvent; view: View; onShow: Props['onShow'] }) {
  const linkFor = useLinks()
  const text = view === 'json' ? answer.json : answer.shell
  return (
    <article className="answer">
      <AnswerHead outcome={outcome} query={answer.query} onShow={onShow}>
        <Taken answer={answer} />
        <CopyButton text={text} label="Copy the result" />
      </AnswerHead>
      {answer.omitted ? <p className="answer-omitted">{answer.omitted}</p> : <Highlighted text={text} linkFor={linkFor} language={view === 'json' ? 'json' : 'fql'} />}
    </article>
  )
}

/** The query that an answer is for; a click selects it in the editor. */
export function AnswerHead({ outcome, query, onShow, children }: { outcome: Outcome; query: number | undefined; onShow: Props['onShow']; children?: React.ReactNode }) {
  const range = query === undefined ? undefined : outcome.queries[query]
  const line = queryText(outcome, query).trim().replace(/\s+/g, ' ').slice(0, 200)
  return (
    <header className="answer-head">
      <button
        type="button"
        className="answer-query"
        title="Select this query in the editor"
        disabled={!range}
        onClick={() => range && onShow(range.from + outcome.offset, range.to + outcome.offset)}
      >
        {query !== undefined && outcome.queries.length > 1 && <span className="answer-number">{query + 1}</span>}
        <code>{line}</code>
      </button>
      {children}
    </header>
  )
}

/** What an answer took and when it happened. */
export function Taken({ answer }: { answer: { took?: number; txn?: number; cost?: ResultEvent['cost'] } }) {
  if (answer.took === undefined) return null
  const cost = answer.cost
  const detail = [
    answer.txn ? `transaction time ${answer.txn} µs` : '',
    cost ? `${cost.reads} reads, ${cost.writes} writes, ${cost.computeOps} compute operations, ${cost.retries} retries` : '',
  ]
  return (
    <span className="answer-taken" title={detail.filter(Boolean).join('\n')}>
      {cost && cost.retries > 0 && <span className="answer-retries">{cost.retries === 1 ? '1 retry' : `${cost.retries} retries`}</span>}
      {milliseconds(answer.took)}
    </span>
  )
}

function milliseconds(micros: number): string {
  const ms = micros / 1000
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en')} ms`
}
