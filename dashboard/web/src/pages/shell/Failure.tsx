import { Link } from '@tanstack/react-router'
import { CircleAlert } from 'lucide-react'
import type { Cause, FailureEvent } from '../../api/run'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { adviceOn, calledIn } from './advice'
import { lineAndColumn, type Outcome } from './outcome'
import { AnswerHead, Taken } from './Results'
import { Spent } from './Spent'

interface Props {
  outcome: Outcome
  failure: FailureEvent
  onShow: (from: number, to: number) => void
  onAt?: ((at: string) => void) | undefined
}

/** Why a query failed: its own Abort first, then every error with its place and
 *  all of its causes. */
export function Failure({ outcome, failure, onShow, onAt }: Props) {
  const show = (e: Cause) => e.from !== undefined && e.to !== undefined && onShow(e.from + outcome.offset, e.to + outcome.offset)
  return (
    <article className="answer answer-failed" role="alert">
      <AnswerHead outcome={outcome} query={failure.query} onShow={onShow}>
        <Taken answer={failure} />
      </AnswerHead>
      <div className="failure">
        {failure.abort !== undefined && <p className="failure-headline">{failure.abort}</p>}
        {failure.errors.map((error, i) => (
          <Errors key={i} outcome={outcome} error={error} abort={failure.abort} onShow={show} />
        ))}
      </div>
      <Spent answer={failure} onAt={onAt} />
    </article>
  )
}

/** One error. What an Abort said is not told twice. */
function Errors({ outcome, error, abort, onShow, inner = false }: { outcome: Outcome; error: Cause; abort?: string | undefined; onShow: (error: Cause) => void; inner?: boolean }) {
  const told = error.code === 'transaction aborted' && error.description === abort
  return (
    <div className={inner ? 'failure-cause' : 'failure-error'}>
      <p className="failure-line">
        {!inner && <CircleAlert aria-hidden="true" />}
        <span>
          {inner && <span className="failure-because">because </span>}
          <code className="failure-code">{error.code}</code>
          {!told && <span className="failure-text">{error.description}</span>}
          <Place outcome={outcome} error={error} inner={inner} onShow={onShow} />
        </span>
      </p>
      {!inner && <Advice outcome={outcome} error={error} />}
      {error.failures?.map((f, i) => (
        <p key={i} className="failure-field">
          <code>{f.field.join('.')}</code>
          <span>
            <code className="failure-code">{f.code}</code> {f.description}
          </span>
        </p>
      ))}
      {error.cause?.map((cause, i) => (
        <Errors key={i} outcome={outcome} error={cause} abort={abort} onShow={onShow} inner />
      ))}
    </div>
  )
}

/** What an error means, and where the function that failed is explained. */
function Advice({ outcome, error: { code, from, to } }: { outcome: Outcome; error: Cause }) {
  const { names } = useDatabase()
  const called = from === undefined ? undefined : calledIn(outcome.text.slice(from, to))
  const advice = adviceOn(code)
  if (advice === undefined && called === undefined) return null
  return (
    <p className="failure-advice">
      {advice} {called !== undefined && <Link to={pathTo(names, 'docs', 'fql', 'pages', called)}>About {called}</Link>}
    </p>
  )
}

/** Where an error is: in the text, or, for a cause, inside the called function. */
function Place({ outcome, error, inner, onShow }: { outcome: Outcome; error: Cause; inner: boolean; onShow: (error: Cause) => void }) {
  if (error.from !== undefined && error.line !== undefined && error.column !== undefined) {
    const { line, column } = lineAndColumn(outcome, { line: error.line, column: error.column })
    return (
      <button type="button" className="failure-place" onClick={() => onShow(error)} title="Select the place in the editor">
        line {line}, column {column}
      </button>
    )
  }
  if (inner && error.position && error.position.length > 0) return <span className="failure-inside">in the function, at {error.position.join('.')}</span>
  return null
}
