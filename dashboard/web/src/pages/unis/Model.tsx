import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { Button } from '../../design/Button'
import { Choice } from '../../design/Choice'
import { CopyButton } from '../../design/CopyButton'
import type { Database } from '../../layout/database'
import { evolveUni, reviewSchema, type Breaking, type Uni } from './api'
import { CodeEditor, jsonLanguage, jsonShown } from './CodeEditor'
import { differenceOf, membersOf, type Change } from './difference'
import { FileDrop } from './FileDrop'
import { parse, pretty } from './registration'
import { Causes } from './UniTrouble'

type View = 'tree' | 'json' | 'change'

/** The model of a uni, and the way to another one. */
export function Model({ database, uni, managed }: { database: Database; uni: Uni; managed: boolean }) {
  const search = useSearch({ strict: false }) as { view?: unknown }
  const navigate = useNavigate()
  const view: View = search.view === 'json' ? 'json' : search.view === 'change' && managed ? 'change' : 'tree'
  const text = useMemo(() => pretty(uni.schema), [uni.schema])
  return (
    <section className="panel model" aria-label="Model">
      <header className="panel-head">
        <Choice
          label="View of the model"
          value={view}
          onChange={(next) => void navigate({ to: '.', search: { tab: 'model', ...(next === 'tree' ? {} : { view: next }) }, replace: true })}
          options={[
            { value: 'tree', label: 'Properties' },
            { value: 'json', label: 'JSON Schema' },
            ...(managed ? [{ value: 'change' as const, label: 'Change it' }] : []),
          ]}
        />
        <CopyButton text={text} label="Copy the schema" />
      </header>
      {view === 'tree' && <Members schema={uni.schema} />}
      {view === 'json' && (
        <div className="text-box text-box-plain text-box-tall">
          <CodeEditor label="JSON Schema" value={text} language={jsonShown} readOnly />
        </div>
      )}
      {view === 'change' && <Another database={database} uni={uni} text={text} />}
    </section>
  )
}

function Members({ schema }: { schema: unknown }) {
  const members = useMemo(() => membersOf(schema), [schema])
  return (
    <ul className="members">
      {members.map((m) => (
        <li key={m.path} data-depth={Math.min(m.depth, 6)}>
          <code className={m.depth === 0 ? 'members-entity' : undefined}>{m.name}</code>
          <span className="members-type">{m.text}</span>
          {m.description && <span className="members-about">{m.description}</span>}
        </li>
      ))}
    </ul>
  )
}

/** Writes another schema, shows what would change, and applies it. */
function Another({ database, uni, text }: { database: Database; uni: Uni; text: string }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const [next, setNext] = useState(text)
  const [allowed, setAllowed] = useState(false)
  const parsed = useMemo(() => parse(next), [next])
  const review = useMutation({ mutationFn: () => reviewSchema(database.path, uni.name, parsed.value) })
  const apply = useMutation({
    mutationFn: () => evolveUni(database.path, uni.name, parsed.value, allowed),
    onSuccess: async () => {
      await navigate({ to: '.', search: { tab: 'model' }, replace: true })
      await client.invalidateQueries({ queryKey: [database.path, 'uni', uni.name] })
    },
  })
  const change = (to: string) => {
    if (to === next) return
    setNext(to)
    setAllowed(false)
    review.reset()
    apply.reset()
  }
  const changes = useMemo(() => (parsed.problem === undefined ? differenceOf(uni.schema, parsed.value) : []), [uni.schema, parsed])
  const left = (review.data?.breaking ?? []).filter((b) => !(allowed && b.kind === 'INDEX_REMOVED'))
  return (
    <div className="another">
      <div className="another-text">
        <FileDrop label="Upload a schema, or edit it below" onFiles={([file]) => file && change(file.text)} />
        <div className="text-box text-box-tall">
          <CodeEditor label="New JSON Schema" value={next} onChange={change} language={jsonLanguage} />
        </div>
      </div>
      <div className="another-review" aria-live="polite">
        <h2>What changes</h2>
        {parsed.problem !== undefined ? <p className="field-error">It is no JSON: {parsed.problem}</p> : <Changes changes={changes} />}
        {review.isError && <Causes error={review.error} />}
        {apply.isError && <Causes error={apply.error} />}
        {review.data && <Verdict breaking={review.data.breaking} />}
        {review.data?.indexRemoved && (
          <label className="another-allow">
            <input type="checkbox" checked={allowed} onChange={(event) => setAllowed(event.target.checked)} />
            Indexes may go
          </label>
        )}
        <div className="new-uni-actions">
          <Button onClick={() => review.mutate()} disabled={parsed.problem !== undefined || changes.length === 0 || review.isPending}>
            Check
          </Button>
          <Button kind="primary" onClick={() => apply.mutate()} disabled={!review.data || left.length > 0 || apply.isPending} title={review.data ? undefined : 'Check it first'}>
            Apply
          </Button>
        </div>
      </div>
    </div>
  )
}

const signs = { added: '+', changed: '~', removed: '−' }

function Changes({ changes }: { changes: Change[] }) {
  if (changes.length === 0) return <p className="field-hint">Nothing yet. Add a property to the schema, for example.</p>
  return (
    <ul className="changes">
      {changes.map((c) => (
        <li key={c.kind + c.path} className={`change change-${c.kind}`}>
          <span className="change-sign" aria-label={c.kind}>
            {signs[c.kind]}
          </span>
          <span>
            <code>{c.path}</code> {c.before !== undefined && <del>{c.before}</del>} {c.after !== undefined && <ins>{c.after}</ins>}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Verdict({ breaking }: { breaking: Breaking[] }) {
  if (breaking.length === 0) return <p className="verdict-good">It only adds: documents and programs of all parties stay as they are. It can be applied.</p>
  return (
    <div className="causes">
      <p className="causes-headline">It takes away what the uni has:</p>
      <ul>
        {breaking.map((b) => (
          <li key={b.kind + b.pointer + b.reason}>
            {b.reason} <code>{b.pointer}</code>
          </li>
        ))}
      </ul>
    </div>
  )
}
