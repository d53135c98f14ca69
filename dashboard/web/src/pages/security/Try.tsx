import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Ban, CircleCheck } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '../../design/Button'
import { Highlighted } from '../../editor/Highlighted'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { laidOut } from '../../value/fql'
import { FqlField } from '../collections/FqlField'
import { actingIn, actorOf, partOf, type Acting } from './actor'
import { ActorFields } from './ActorFields'
import { explain, sentenceOf, troubleOf, type Judgement } from './explain'
import { actions } from './texts'

const wants: Readonly<Record<string, string>> = {
  write: 'What is written: {data: {…}}.',
  create: 'What is created: {data: {…}}. On is the collection.',
  create_with_id: 'What is created: {data: {…}}.',
  history_write: 'What is written: {data: {…}}.',
  call: 'The arguments: [1, "two"]. On is the function.',
  unrestricted_read: 'The terms: ["x"]. On is the index or collection.',
  read: 'The terms, where an index is read: ["x"].',
}

interface Search {
  as?: unknown
  action?: unknown
  on?: unknown
}

/** Who may do what to what, and which rule says so. Nothing is done. */
export function Try() {
  const { path, names } = useDatabase()
  const navigate = useNavigate()
  const search: Search = useSearch({ strict: false })
  const id = useId()
  const [acting, setActing] = useState<Acting>(() => actingIn(search.as) ?? { kind: 'role', name: '' })
  const [action, setAction] = useState(() => actions.find((each) => each === search.action) ?? 'read')
  const [on, setOn] = useState(() => (typeof search.on === 'string' ? search.on : 'Ref(Collection(""), "1")'))
  const [given, setGiven] = useState('')
  const trial = useMutation({ mutationFn: () => explain(path, { as: actorOf(acting), action, on, with: given }) })
  const trouble = trial.isError ? troubleOf(trial.error) : undefined
  const ask = () => {
    void navigate({ to: pathTo(names, 'security'), search: { show: 'try', as: partOf(acting), action, on }, replace: true })
    trial.mutate()
  }
  return (
    <>
      <section className="panel" aria-label="The question">
        <div className="form">
          <ActorFields acting={acting} onChange={setActing} error={trouble?.field === 'as' ? trouble.text : undefined} />
          <div className="form-row">
            <div className="field">
              <label className="field-label" htmlFor={id}>
                May it
              </label>
              <select id={id} className="field-input" value={action} onChange={(event) => setAction(actions.find((each) => each === event.target.value) ?? 'read')}>
                {actions.map((each) => (
                  <option key={each} value={each}>
                    {each.replaceAll('_', ' ')}
                  </option>
                ))}
              </select>
            </div>
            <FqlField label="On" room="line" value={on} onChange={setOn} onRun={ask} error={trouble?.field === 'on' ? trouble.text : undefined} hint="A document, collection, index or function." />
          </div>
          {wants[action] !== undefined && <FqlField label="With" room="line" value={given} onChange={setGiven} onRun={ask} error={trouble?.field === 'with' ? trouble.text : undefined} hint={wants[action]} />}
          {trouble?.field === '' && (
            <p className="form-trouble" role="alert">
              {trouble.text}
            </p>
          )}
          <div className="form-actions">
            <Button kind="primary" disabled={trial.isPending || acting.name === ''} onClick={ask}>
              Find out
            </Button>
            <span className="form-note">Conditions are evaluated as they would be; nothing is done.</span>
          </div>
        </div>
      </section>
      {trial.data && <Verdict judgement={trial.data} />}
    </>
  )
}

function Verdict({ judgement }: { judgement: Judgement }) {
  const { names } = useDatabase()
  const role = (name: string) => <Link to={pathTo(names, 'security', name)}>{name}</Link>
  return (
    <section className="panel" aria-label="The answer">
      <div className={judgement.allowed ? 'decision decision-allowed' : 'decision decision-denied'} role="status">
        {judgement.allowed ? <CircleCheck aria-hidden="true" /> : <Ban aria-hidden="true" />}
        <div>
          <h2>{judgement.allowed ? 'Allowed' : 'Denied'}</h2>
          <p>{sentenceOf(judgement)}</p>
        </div>
      </div>
      {judgement.rules.length > 0 && (
        <div className="reasons">
          <h3>Privileges about it</h3>
          <ul>
            {judgement.rules.map((rule, i) => (
              <li key={i} className="reason">
                <span className={`mark-state ${rule.allows ? 'mark-good' : 'mark-bad'}`}>{rule.allows ? 'allows' : 'does not'}</span>
                <span>
                  {role(rule.role)}, privilege {rule.privilege + 1}
                  {rule.when === undefined && ', without a condition'}
                </span>
                {rule.when !== undefined && <Highlighted text={laidOut(rule.when)} />}
              </li>
            ))}
          </ul>
        </div>
      )}
      {judgement.roles.length > 0 && (
        <div className="reasons">
          <h3>Roles</h3>
          <ul>
            {judgement.roles.map((each, i) => (
              <li key={i} className="reason">
                <span className={`mark-state ${each.held ? 'mark-good' : 'mark-bad'}`}>{each.held ? 'has it' : 'has it not'}</span>
                <span>
                  {role(each.name)}
                  {each.when !== undefined && ', under the condition'}
                </span>
                {each.when !== undefined && <Highlighted text={laidOut(each.when)} />}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}
