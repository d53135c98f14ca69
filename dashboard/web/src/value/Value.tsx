import { ChevronRight } from 'lucide-react'
import { useState, type KeyboardEvent, type ReactNode } from 'react'
import { isArray } from './access'
import { FqlText } from './FqlText'
import { Leaf } from './Leaf'
import { lineOf } from './text'
import { Obj, Query, SetValue, type Value } from './types'
import './value.css'

/** Where a value can be read again, for what only the server can write out: the
 *  database's path and the FQL that gives the value. */
export interface Origin {
  database: string
  text: string
}

interface Place {
  origin: Origin | undefined
  path: (string | number)[]
  /** How many levels below this one are open at first. */
  open: number
}

/** A value as a tree. References are links, and what is no plain JSON is marked. */
export function ValueTree({ value, origin, open = 3, label }: { value: Value; origin?: Origin; open?: number; label: string }) {
  return (
    <div className="tree" role="group" aria-label={label} onKeyDown={walk}>
      {isContainer(value) && sizeOf(value) > 0 ? <Members value={value} place={{ origin, path: [], open }} /> : <Leaf value={value} />}
    </div>
  )
}

type Container = Obj | readonly Value[]

const isContainer = (value: Value): value is Container => isArray(value) || value instanceof Obj

const sizeOf = (value: Container) => (isArray(value) ? value.length : value.fields.size)

/** How many members are drawn at once; the rest comes on demand. */
const atOnce = 100

function Members({ value, place }: { value: Container; place: Place }) {
  const [shown, setShown] = useState(atOnce)
  const entries: (readonly [string | number, Value])[] = isArray(value) ? [...value.entries()] : [...value.fields]
  const rest = entries.length - shown
  return (
    <ul className="tree-members">
      {entries.slice(0, shown).map(([name, member]) => (
        <Member key={name} name={name} value={member} place={{ ...place, path: [...place.path, name], open: place.open - 1 }} />
      ))}
      {rest > 0 && (
        <li className="tree-more">
          <button type="button" className="tree-button" onClick={() => setShown(shown + 10 * atOnce)}>
            Show {Math.min(rest, 10 * atOnce).toLocaleString('en')} more of {entries.length.toLocaleString('en')}
          </button>
        </li>
      )}
    </ul>
  )
}

function Member({ name, value, place }: { name: string | number; value: Value; place: Place }) {
  if (isContainer(value) && sizeOf(value) > 0) return <Branch name={name} value={value} place={place} />
  if ((value instanceof Query || value instanceof SetValue) && place.origin) return <Written name={name} value={value} place={place} />
  return (
    <li className="tree-member">
      <span className="tree-name tree-name-leaf">
        <Name name={name} />
      </span>
      <span className="tree-value">
        <Leaf value={value} />
      </span>
    </li>
  )
}

/** An object or array that opens. */
function Branch({ name, value, place }: { name: string | number; value: Container; place: Place }) {
  const [open, setOpen] = useState(place.open >= 0 && sizeOf(value) <= atOnce)
  const size = sizeOf(value)
  const unit = isArray(value) ? (size === 1 ? 'item' : 'items') : size === 1 ? 'field' : 'fields'
  return (
    <Fold name={name} open={open} onToggle={() => setOpen(!open)} below={<Members value={value} place={place} />}>
      {!open && <span className="tree-preview">{lineOf(value, 120)}</span>}
      <span className="tree-count">
        {size.toLocaleString('en')} {unit}
      </span>
    </Fold>
  )
}

/** A function or set: one line, and all of it as FQL when it is opened. */
function Written({ name, value, place }: { name: string | number; value: Query | SetValue; place: Place }) {
  const [open, setOpen] = useState(false)
  const { origin, path } = place
  const text = `Select(${JSON.stringify(path)}, ${origin!.text})`
  return (
    <Fold name={name} open={open} onToggle={() => setOpen(!open)} below={<FqlText database={origin!.database} text={text} isSet={value instanceof SetValue} />}>
      <Leaf value={value} />
    </Fold>
  )
}

interface FoldProps {
  name: string | number
  open: boolean
  onToggle: () => void
  below: ReactNode
  children: ReactNode
}

function Fold({ name, open, onToggle, below, children }: FoldProps) {
  return (
    <>
      <li className="tree-member">
        <button type="button" className="tree-name tree-toggle" aria-expanded={open} onClick={onToggle}>
          <ChevronRight aria-hidden="true" />
          <Name name={name} />
        </button>
        <span className="tree-value tree-summary" onClick={open ? undefined : onToggle}>
          {children}
        </span>
      </li>
      {open && <li className="tree-below">{below}</li>}
    </>
  )
}

function Name({ name }: { name: string | number }) {
  return typeof name === 'number' ? <span className="tree-index">{name}</span> : <bdi className="tree-key">{name === '' ? '""' : name}</bdi>
}

/** Arrow keys: up and down between what can have the focus, right opens, left closes. */
function walk(event: KeyboardEvent<HTMLElement>) {
  const { key, currentTarget } = event
  const here = document.activeElement
  if (key === 'ArrowRight' || key === 'ArrowLeft') {
    if (here?.getAttribute('aria-expanded') === String(key === 'ArrowLeft')) (here as HTMLElement).click()
    return
  }
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return
  const stops = [...currentTarget.querySelectorAll<HTMLElement>('button, a')]
  const next = stops[stops.indexOf(here as HTMLElement) + (key === 'ArrowDown' ? 1 : -1)]
  if (!next) return
  event.preventDefault()
  next.focus()
}
