import { SquareTerminal } from 'lucide-react'
import { memo, useState } from 'react'
import type { ResultEvent } from '../../api/run'
import { Button } from '../../design/Button'
import { CopyButton } from '../../design/CopyButton'
import { Failure } from './Failure'
import { drawnOf, failureOf, lineOf, queryText, remainder, silence, type Outcome } from './outcome'
import { interval } from './interval'
import { Spent } from './Spent'
import { ResultBody } from './ResultBody'
import { tableOf, tabbed } from './table'
import { valueOf, type View } from './views'

interface Props {
  outcome: Outcome | undefined
  view: View
  /** Selects a range of the editor. */
  onShow: (from: number, to: number) => void
  /** Reads at an instant from now on, in microseconds. */
  onAt?: ((at: string) => void) | undefined
}

/** How many answers are drawn at first, and how many more each time. */
const most = 200

/** The answers of a run, one below the other. */
export function Results({ outcome, view, onShow, onAt }: Props) {
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
        drawn.map((answer) => <Result key={answer.query} outcome={outcome} answer={answer} view={view} onShow={onShow} onAt={onAt} />)}
      {left > 0 && (
        <p className="results-rest">
          {left.toLocaleString('en')} more {left === 1 ? 'result' : 'results'}
          <Button onClick={() => ask({ of: outcome?.queries, count: count + most })}>Show {Math.min(left, most)} more</Button>
        </p>
      )}
      {outcome && failure && <Failure outcome={outcome} failure={failure} onShow={onShow} onAt={onAt} />}
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
  onAt: Props['onAt']
}

// An outcome is another one after every event, but for the answers that are there
// nothing changes: of thousands only the new ones are drawn.
const Result = memo(
  DrawnResult,
  (before, now) => before.answer === now.answer && before.view === now.view && before.onShow === now.onShow && before.onAt === now.onAt && before.outcome.queries === now.outcome.queries,
)

function DrawnResult({ outcome, answer, view, onShow, onAt }: ResultProps) {
  return (
    <article className="answer">
      <AnswerHead outcome={outcome} query={answer.query} onShow={onShow}>
        <Taken answer={answer} />
        <CopyButton text={() => copied(answer, view)} label={view === 'table' ? 'Copy the table for a spreadsheet' : 'Copy the result'} />
      </AnswerHead>
      <ResultBody result={answer} view={view} label={`Result ${answer.query + 1}`} />
      <Spent answer={answer} onAt={onAt} />
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

/** What an answer took. */
export function Taken({ answer }: { answer: { took?: number } }) {
  return answer.took === undefined ? null : <span className="answer-taken">{interval(answer.took)}</span>
}

/** The text that stands for a result elsewhere. */
function copied(answer: ResultEvent, view: View): string {
  if (view === 'shell') return answer.shell
  const table = view === 'table' ? tableOf(valueOf(answer)) : ''
  return typeof table === 'string' ? answer.json : tabbed(table)
}
