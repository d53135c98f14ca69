import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ListFilter, Plus, X } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '../../design/Button'
import { Highlighted } from '../../editor/Highlighted'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { ask } from '../../value/ask'
import { CopyButton } from '../../design/CopyButton'
import { draftOf, emptyDraft, readingOf, type Draft, type Reading } from './drafts'
import { pathTold } from './fields'
import { alone, operators, types, whereOf, type Condition, type Operator } from './filters'
import type { Offer } from './offers'
import { orderIn, orderOf, searchOf, type Place } from './place'
import { orders, planOf, shownText, tellsDoubles, type Order, type Plan } from './plan'
import { OpenInShell } from './ShowQuery'
import { atMost } from './look'
import { perPage } from './texts'
import { reasonsOf } from './writing'
import './filter-bar.css'

interface Props {
  collection: string
  place: Place
  offers: Offer[]
  /** Fields to suggest. */
  fields: string[]
}

/** Conditions on the documents of a collection, and the FQL that they are. */
export function FilterBar({ collection, place, offers, fields }: Props) {
  const { path, names } = useDatabase()
  const navigate = useNavigate()
  const id = useId()
  const written = JSON.stringify([whereOf(place.where), place.order])
  const [form, setForm] = useState(() => formOf(place, written))
  // The URL wins: going back brings the conditions back.
  if (form.of !== written) setForm(formOf(place, written))
  const { drafts, order } = form
  const readings = drafts.map(readingOf)
  const ready = readings.flatMap((reading) => (reading.state === 'ready' ? [reading.condition] : []))
  const plan = withCalls(planOf(collection, ready, offers, order), readings)
  const go = (where: Condition[], sort: Order | undefined) =>
    void navigate({ to: pathTo(names, 'collections', collection), search: searchOf({ cursor: { at: 'start' }, view: place.view === 'shape' ? 'table' : place.view, where, ...(sort ? { order: sort } : {}) }) })
  const apply = useMutation({ mutationFn: () => resolved(path, readings), onSuccess: (where) => go(where, order) })
  const set = (next: Draft[]) => setForm({ ...form, drafts: next })
  const change = (at: number, part: Partial<Draft>) => set(drafts.map((draft, i) => (i === at ? { ...draft, ...part } : draft)))
  const wrong = readings.some(({ state }) => state === 'wrong')
  const sorts = orders(offers, ready)
  const text = shownText(plan, perPage)
  const nothing = place.where.length === 0 && !place.order
  return (
    <form
      className="panel filter-bar"
      aria-label="Filter"
      onSubmit={(event) => {
        event.preventDefault()
        if (!wrong && !apply.isPending) apply.mutate()
      }}
    >
      <datalist id={`${id}-fields`}>
        {fields.map((field) => (
          <option key={field} value={field} />
        ))}
      </datalist>
      <div className="filter-bar-rows">
        {drafts.map((draft, i) => (
          <Line key={i} number={i + 1} draft={draft} reading={readings[i]!} fields={`${id}-fields`} onChange={(part) => change(i, part)} onRemove={drafts.length > 1 || draft !== emptyDraft ? () => set(drafts.length > 1 ? drafts.filter((_, k) => k !== i) : [emptyDraft]) : undefined} />
        ))}
      </div>
      <div className="filter-bar-actions">
        <Button kind="primary" type="submit" icon={<ListFilter />} disabled={wrong || apply.isPending}>
          Apply
        </Button>
        <Button icon={<Plus />} onClick={() => set([...drafts, emptyDraft])}>
          And
        </Button>
        {(sorts.length > 0 || order) && <Sort sorts={sorts} order={order} onChange={(next) => setForm({ ...form, order: next })} />}
        {!nothing && (
          <Button kind="quiet" onClick={() => go([], undefined)}>
            Show all documents
          </Button>
        )}
      </div>
      {apply.isError && (
        <p className="field-error filter-bar-note" role="alert">
          {reasonsOf(apply.error).join(' ')}
        </p>
      )}
      <p className="filter-bar-note">
        <How collection={collection} plan={plan} conditions={ready} offers={offers} />
      </p>
      <div className="filter-bar-query">
        <Highlighted text={text} />
        <div className="show-query-actions">
          <CopyButton text={text} label="Copy the query" />
          <OpenInShell names={names} text={text} />
        </div>
      </div>
    </form>
  )
}

interface Form {
  /** The part of the URL that it was made from. */
  of: string
  drafts: Draft[]
  order: Order | undefined
}

const formOf = ({ where, order }: Place, of: string): Form => ({ of, drafts: where.length > 0 ? where.map(draftOf) : [emptyDraft], order })

/** The tests of values that the server has yet to evaluate stand in the query as they are. */
function withCalls(plan: Plan, readings: Reading[]): Plan {
  const calls = readings.flatMap((reading) => (reading.state === 'call' ? [reading.test] : []))
  if (calls.length === 0) return plan
  const tests = [...(plan.test === undefined ? [] : [plan.test]), ...calls]
  return { ...plan, narrow: false, test: tests.length === 1 ? tests[0] : `And(${tests.join(', ')})` }
}

/** The conditions with all values evaluated. Throws what is wrong with a value. */
async function resolved(path: string, readings: Reading[]): Promise<Condition[]> {
  const all = await Promise.all(
    readings.map(async (reading) => {
      if (reading.state === 'ready') return reading.condition
      if (reading.state !== 'call') return undefined
      const condition = reading.make((await ask(path, reading.fql)).value)
      if (!condition) throw new Error(`${reading.fql} is no value for this.`)
      whereOf([condition]) // functions and sets have no place in a URL
      return condition
    }),
  )
  return all.filter((each) => each !== undefined)
}

interface LineProps {
  number: number
  draft: Draft
  reading: Reading
  /** The id of the list of fields. */
  fields: string
  onChange: (part: Partial<Draft>) => void
  onRemove: (() => void) | undefined
}

function Line({ number, draft, reading, fields, onChange, onRemove }: LineProps) {
  const id = useId()
  const wrong = reading.state === 'wrong' ? reading : undefined
  const { operator } = draft
  const below = wrong?.field ?? wrong?.value
  return (
    <div className="filter-bar-line" role="group" aria-label={`Condition ${number}`}>
      <input
        className="field-input filter-bar-field"
        aria-label="Field"
        list={fields}
        placeholder="data.name"
        value={draft.field}
        aria-invalid={wrong?.field !== undefined}
        aria-describedby={below ? id : undefined}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ field: event.target.value })}
      />
      <select className="field-input" aria-label="Operator" value={operator} onChange={(event) => onChange({ operator: event.target.value as Operator, ...(event.target.value === 'type' ? { text: 'text' } : operator === 'type' ? { text: '' } : {}) })}>
        {operators.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {operator === 'type' ? (
        <select className="field-input filter-bar-value" aria-label="Type" value={draft.text} onChange={(event) => onChange({ text: event.target.value })}>
          {Object.keys(types).map((type) => (
            <option key={type}>{type}</option>
          ))}
        </select>
      ) : (
        !alone.has(operator) && (
          <span className="filter-bar-value">
            <input
              className="field-input"
              aria-label="Value"
              placeholder={'Oslo, 5, true, Time("…"), Ref(…)'}
              value={draft.text}
              aria-invalid={wrong?.value !== undefined}
              aria-describedby={below ? id : undefined}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => onChange({ text: event.target.value })}
            />
            {reading.state === 'ready' && reading.kind !== undefined && <span className="filter-bar-kind">{reading.kind}</span>}
            {reading.state === 'call' && <span className="filter-bar-kind">FQL</span>}
          </span>
        )
      )}
      {onRemove && <Button kind="quiet" icon={<X />} aria-label={`Remove condition ${number}`} title="Remove" onClick={onRemove} />}
      {below && (
        <p id={id} className="field-error filter-bar-wrong" role="alert">
          {below}
        </p>
      )}
    </div>
  )
}

function Sort({ sorts, order, onChange }: { sorts: Offer[]; order: Order | undefined; onChange: (order: Order | undefined) => void }) {
  const names = new Set([...sorts.map(({ name }) => name), ...(order ? [order.index] : [])])
  const told = (name: string) => {
    const first = sorts.find((offer) => offer.name === name)?.values[0]
    return first?.path ? `${pathTold(first.path)}${first.reverse ? ', largest first' : ''} (${name})` : name
  }
  return (
    <label className="pager-size">
      <span>Order</span>
      <select value={order ? orderOf(order) : ''} onChange={(event) => onChange(orderIn(event.target.value))}>
        <option value="">by id, or as the index has them</option>
        {[...names].flatMap((name) => [
          <option key={name} value={name}>
            {told(name)}
          </option>,
          <option key={`-${name}`} value={`-${name}`}>
            {told(name)}, backwards
          </option>,
        ])}
      </select>
    </label>
  )
}

/** How the documents are found, in a sentence. */
function How({ collection, plan, conditions, offers }: { collection: string; plan: Plan; conditions: Condition[]; offers: Offer[] }) {
  const { names } = useDatabase()
  const { index } = plan
  if (!index) {
    const paths = conditions.filter(({ operator }) => operator === 'is').map(({ path }) => pathTold(path))
    if (plan.test === undefined) return <>All documents, in the order of their ids.</>
    return (
      <>
        A scan: no index narrows this, so documents are looked at one after the other, up to {atMost.toLocaleString('en')} at a time.{' '}
        {paths.length > 0 && (
          <Link to={pathTo(names, 'indexes')} search={{ new: 1, source: collection, terms: paths.join(', ') }}>
            Make an index
          </Link>
        )}
      </>
    )
  }
  const link = <Link to={pathTo(names, 'indexes', index.name)}>{index.name}</Link>
  return (
    <>
      {index.by === 'order' ? 'In the order of the index ' : 'Uses the index '}
      {link}
      {index.by === 'terms' && ': only what it has for these terms is looked at.'}
      {index.by === 'range' && ': only a range of its values is looked at.'}
      {index.by === 'order' && (plan.narrow ? '.' : ': what it has is looked at one after the other.')}
      {tellsDoubles(plan, conditions, offers) && ' Its terms tell 5 from 5.0.'}
    </>
  )
}
