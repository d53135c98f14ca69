import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus, Trash2 } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { Button } from '../../design/Button'
import { Field } from '../../design/Field'
import { PageHeader } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { createUni } from './api'
import { CodeEditor, jsonLanguage } from './CodeEditor'
import { example } from './example'
import { FileDrop } from './FileDrop'
import { MadeUni } from './MadeUni'
import { emptyDraft, registrationOf, take, type Draft, type File } from './registration'
import { Causes } from './UniTrouble'
import { UnisTrail } from './UnisTrail'
import './unis.css'

/** Makes a uni of a schema and the names of its nodes. */
export function NewUniPage() {
  const database = useDatabase()
  const client = useQueryClient()
  const [draft, setDraft] = useState(emptyDraft)
  const [told, setTold] = useState<{ notes: string[]; problems: string[] }>({ notes: [], problems: [] })
  const [missing, setMissing] = useState<string[]>([])
  const create = useMutation({
    mutationFn: (body: object) => createUni(database.path, body),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: [database.path, 'unis'] }), client.invalidateQueries({ queryKey: ['databases', database.path] })]),
  })
  const change = (next: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...next }))
    setMissing([])
    create.reset()
  }
  const takeFiles = (files: File[]) => {
    const { draft: next, ...said } = take(draft, files)
    change(next)
    setTold(said)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { body, problems } = registrationOf(draft)
    setMissing(problems)
    if (problems.length === 0 && !create.isPending) create.mutate(body)
  }
  if (create.data) return <MadeUni uni={create.data} />
  return (
    <div className="page new-uni">
      <PageHeader trail={<UnisTrail names={database.names} page="unis" />} title="New uni" window={['New uni', database.label]}>
        <Button onClick={() => { change(example); setTold({ notes: [], problems: [] }) }}>Fill in an example</Button>
      </PageHeader>
      <FileDrop label="Upload a registration, a JSON Schema or an initial state" onFiles={takeFiles} />
      <Told {...told} />
      <form className="new-uni-form" onSubmit={submit} noValidate>
        <div className="new-uni-side">
          <Field label="Name" value={draft.name} onChange={(event) => change({ name: event.target.value })} placeholder="test-inventory" hint="Letters, digits, dots, dashes and underscores." autoComplete="off" spellCheck={false} />
          <Nodes draft={draft} onChange={change} />
          {missing.length > 0 && (
            <div className="causes" role="alert">
              <ul>
                {missing.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            </div>
          )}
          {create.isError && <Causes error={create.error} />}
          <div className="new-uni-actions">
            <Button kind="primary" type="submit" disabled={create.isPending}>
              {create.isPending ? 'Creating' : 'Create uni'}
            </Button>
            <Link className="button button-plain" to={pathTo(database.names, 'unis')}>
              Cancel
            </Link>
          </div>
        </div>
        <div className="new-uni-texts">
          <TextBox label="JSON Schema" placeholder="Paste a JSON Schema here, or a whole registration" value={draft.schema} onChange={(schema) => changeText(schema)} tall />
          <TextBox label="Initial state, if any" placeholder='{"Inventory": [{"itemName": "Fruit basket"}]}' value={draft.state} onChange={(state) => change({ state })} />
        </div>
      </form>
    </div>
  )

  /** A registration that is pasted in place of the schema fills the form. */
  function changeText(schema: string) {
    const { draft: next, ...said } = take(emptyDraft, [{ name: 'What you pasted', text: schema }])
    if (next.name !== '' || next.nodes.length > 1) {
      change({ ...next, schema: next.schema, state: next.state === '' ? draft.state : next.state })
      setTold(said)
    } else change({ schema })
  }
}

function Told({ notes, problems }: { notes: string[]; problems: string[] }) {
  if (notes.length + problems.length === 0) return null
  return (
    <ul className="new-uni-told" aria-live="polite">
      {problems.map((text) => (
        <li key={text} className="new-uni-problem">
          {text}
        </li>
      ))}
      {notes.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  )
}

function Nodes({ draft, onChange }: { draft: Draft; onChange: (next: Partial<Draft>) => void }) {
  const { nodes } = draft
  const rename = (index: number, name: string) => onChange({ nodes: nodes.map((n, i) => (i === index ? { ...n, name } : n)) })
  return (
    <fieldset className="new-uni-nodes">
      <legend>Nodes</legend>
      <p className="field-hint">One for each party, with a GraphQL API and keys of its own.</p>
      {nodes.map((node, index) => (
        <div key={index} className="new-uni-node">
          <input
            className="field-input"
            aria-label={`Name of node ${index + 1}`}
            value={node.name}
            placeholder={index === 0 ? 'Warehouse' : 'Shop'}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => rename(index, event.target.value)}
          />
          {nodes.length > 1 && (
            <Button kind="quiet" icon={<Trash2 />} aria-label={`Remove node ${index + 1}`} title="Remove" onClick={() => onChange({ nodes: nodes.filter((_, i) => i !== index) })} />
          )}
        </div>
      ))}
      <Button icon={<Plus />} onClick={() => onChange({ nodes: [...nodes, { name: '', rest: {} }] })}>
        Add a node
      </Button>
    </fieldset>
  )
}

function TextBox({ label, placeholder, value, onChange, tall = false }: { label: string; placeholder: string; value: string; onChange: (text: string) => void; tall?: boolean }) {
  return (
    <section className="new-uni-text">
      <h2>{label}</h2>
      <div className={tall ? 'text-box text-box-tall' : 'text-box'}>
        <CodeEditor label={label} placeholder={placeholder} value={value} onChange={onChange} language={jsonLanguage} />
      </div>
    </section>
  )
}
