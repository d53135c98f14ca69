import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { Button } from '../../design/Button'
import { Field } from '../../design/Field'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { stringOf } from '../../value/parse'
import { get } from '../../value/access'
import { failureOfField, useWrite, WillRun, WriteTrouble } from '../collections/writing'
import { createText, type IndexForm } from './definition'
import { useNames } from './names'

/** A form that makes an index and shows the query that does. */
export function NewIndex({ source: given, terms: wanted, onDone }: { source: string; terms: string; onDone: () => void }) {
  const { path, names } = useDatabase()
  const navigate = useNavigate()
  const collections = useNames('Collections')
  const id = useId()
  const [form, setForm] = useState<IndexForm>({ name: '', collection: given, terms: wanted, values: '', unique: false, serialized: true })
  const set = (part: Partial<IndexForm>) => setForm((before) => ({ ...before, ...part }))
  const whole = { ...form, collection: form.collection || (collections[0] ?? '') }
  const write = useWrite(path, ({ value }) => void navigate({ to: pathTo(names, 'indexes', stringOf(get(value, 'name')) ?? form.name) }))
  const missing = whole.name === '' || whole.collection === ''
  const told = ['name', 'source', 'terms', 'values'].map((name) => failureOfField(write.error, name))
  const [name, source, terms, values] = told
  return (
    <form
      className="panel"
      aria-label="New index"
      onSubmit={(event) => {
        event.preventDefault()
        if (!missing && !write.isPending) write.mutate(createText(whole))
      }}
    >
      <header className="panel-head">
        <h2>New index</h2>
        <Button kind="quiet" onClick={onDone}>
          Close
        </Button>
      </header>
      <div className="form">
        {collections.length === 0 && given === '' && <p className="form-warning">There is no collection to index. Create one first.</p>}
        <div className="form-row">
          <Field label="Name" value={form.name} onChange={(event) => set({ name: event.target.value })} error={name} autoComplete="off" spellCheck={false} autoFocus />
          <div className="field">
            <label className="field-label" htmlFor={id}>
              Source
            </label>
            <select id={id} className="field-input" value={whole.collection} onChange={(event) => set({ collection: event.target.value })}>
              {[...new Set(given === '' ? collections : [given, ...collections])].map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
            {source && <p className="field-error">{source}</p>}
          </div>
        </div>
        <div className="form-row">
          <Field label="Terms" value={form.terms} onChange={(event) => set({ terms: event.target.value })} hint="What is searched by: data.name, data.city. Empty takes all documents." error={terms} autoComplete="off" spellCheck={false} />
          <Field label="Values" value={form.values} onChange={(event) => set({ values: event.target.value })} hint="What is sorted by and given: reverse data.at, ref. Empty gives the refs." error={values} autoComplete="off" spellCheck={false} />
        </div>
        <div className="form-row">
          <label className="form-check">
            <input type="checkbox" checked={form.unique} onChange={(event) => set({ unique: event.target.checked })} />
            Unique: no two documents have the same terms and values
          </label>
          <label className="form-check">
            <input type="checkbox" checked={form.serialized} onChange={(event) => set({ serialized: event.target.checked })} />
            Serialized: reading it conflicts with writing what it has
          </label>
        </div>
        <WillRun text={createText(whole)} />
        {write.isError && told.every((each) => each === undefined) && <WriteTrouble error={write.error} />}
        <div className="form-actions">
          <Button kind="primary" type="submit" disabled={missing || write.isPending}>
            Create index
          </Button>
        </div>
      </div>
    </form>
  )
}
