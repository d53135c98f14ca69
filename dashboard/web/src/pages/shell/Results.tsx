import { SquareTerminal } from 'lucide-react'
import { memo, useState } from 'react'
import type { ResultEvent } from '../../api/run'
import { Button } from '../../design/Button'
import { CopyButton } from '../../design/CopyButton'
import { Highlighted } from '../../editor/Highlighted'
import { useLinks } from '../../layout/links'
import { Failure } from './Failure'
import { drawnOf, failureOf, lineOf, queryText, remainder, silence, type Outcome } from './outcome'
import { interval } from './interval'
import type { View } from './ShellPage'

interface Props {
  outcome: Outcome | undefined
  view: View
  /** Selects a range of the editor. */
  onShow: (from: number, to: number) => void
}

/** How many answers are drawn at first, and how many more each time. */
const most = 200

/** The answers of a run, one below the other. */
export function Results({ outcome, view, onShow }: Props) {
  // More are drawn for the run that they were asked for; the next one begins anew.
  const [asked, ask] = useState<{ of: unknown; count: number }>({ of: undefined, count: 0 })
  const count = asked.of === outcome?.queries ? asked.count : most
  const failure = outcome && failureOf(outcome)
  const { drawn, left } = outcome ? drawnOf(outcome.answers, count) : { drawn: [], left: 0 }
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
      {outcome &&
        drawn.map((answer) => <Result key={answer.query} outcome={outcome} answer={answer} view={view} onShow={onShow} />)}
      {left > 0 && (
        <p className="results-rest">
          {left.toLocaleString('en')} more {left === 1 ? 'result' : 'results'}
          <Button onClick={() => ask({ of: outcome?.queries, count: count + most })}>Show {Math.min(left, most)} more</Button>
        </p>
      )}
      {outcome && failure && <Failure outcome={outcome} failure={failure} onShow={onShow} />}
      {outcome && !outcome.ended && (
        <p className="results-running">
          <span className="spinner" aria-hidden="true" />
          {outcome.queries.length > 1 ? `Running query ${Math.min(outcome.answers.length + 1, outcome.queries.length)} of ${outcome.queries.length}` : 'Running'}
        </p>
      )}
      {outcome && silence(outcome) && <p className="results-rest">{silence(outcome)}</p>}
      {outcome && remainder(outcome) && <p className="results-rest">{remainder(outcome)}</p>}
      {outcome?.trouble && (
        <div className="answer answer-failed" role="alert">
          <p className="failure-headline">{outcome.trouble}</p>
        </div>
      )}
    </div>
  )
}

interface ResultProps {
  outcome: Outcome
  answer: ResultEvent
  view: View
  onShow: Props['onShow']
}

// An outcome is another one after every event, but for the answers that are there
// nothing changes: of thousands only the new ones are drawn.
const Result = memo(
  DrawnResult,
  (before, now) => before.answer === now.answer && before.view === now.view && before.onShow === now.onShow && before.outcome.queries === now.outcome.queries,
)

function DrawnResult({ outcome, answer, view, onShow }: ResultProps) {
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
  const line = lineOf(queryText(outcome, query))
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
      {interval(answer.took)}
    </span>
  )
}
