import { useState } from 'react'
import { useDatabase } from '../layout/database'
import { sizeOf } from './figures'
import { linkOf } from './links'
import { RefLink } from './RefLink'
import { cut, scalarText } from './text'
import { Bytes, DateValue, Num, Obj, Query, Ref, SetValue, Time, Uuid, type Value } from './types'
import { toldText } from './when'

/** A value without members, in full, with a mark of its type where JSON has none. */
export function Leaf({ value }: { value: Value }) {
  if (typeof value === 'string') return <Text value={value} />
  if (value instanceof Num) return <span className="tree-number">{value.text}</span>
  if (value === null || typeof value === 'boolean') return <span className="tree-constant">{String(value)}</span>
  if (value instanceof Ref) return <Reference value={value} />
  if (value instanceof Obj) return <span className="tree-punctuation">{'{}'}</span>
  if (value instanceof Time || value instanceof DateValue || value instanceof Bytes || value instanceof Uuid || value instanceof SetValue || value instanceof Query) {
    const [text, mark, note] = told(value)
    return (
      <>
        <span className="tree-tagged" title={value instanceof Bytes ? undefined : scalarText(value)}>
          {text}
        </span>
        <Mark>{mark}</Mark>
        {note && <span className="tree-note">{note}</span>}
      </>
    )
  }
  return <span className="tree-punctuation">[]</span>
}

function told(value: Time | DateValue | Bytes | Uuid | SetValue | Query): [text: string, mark: string, note?: string] {
  if (value instanceof Time) return [value.text, 'Time', toldText(value.text).local]
  if (value instanceof DateValue) return [value.text, 'Date']
  if (value instanceof Bytes) return [cut(value.base64, 400), 'Bytes', sizeOf(value)]
  if (value instanceof Uuid) return [value.text, 'UUID']
  return [scalarText(value), value instanceof SetValue ? 'Set' : 'Query']
}

function Mark({ children }: { children: string }) {
  return <span className="value-mark">{children}</span>
}

function Reference({ value }: { value: Ref }) {
  const { names } = useDatabase()
  return (
    <>
      <RefLink value={value} names={names} />
      <Mark>{linkOf(names, value).mark}</Mark>
    </>
  )
}

/** A longer string is cut until somebody wants to see it. */
const longest = 600

function Text({ value }: { value: string }) {
  const [whole, setWhole] = useState(false)
  const long = value.length > longest + 200
  return (
    <>
      <span className="tree-string">
        "<bdi>{escaped(long && !whole ? value.slice(0, longest) : value)}</bdi>
        {long && !whole ? '…' : '"'}
      </span>
      {long && (
        <button type="button" className="tree-button" onClick={() => setWhole(!whole)}>
          {whole ? 'Show less' : `Show all ${value.length.toLocaleString('en')} characters`}
        </button>
      )}
    </>
  )
}

/** The text with what cannot be seen written out; line ends stay what they are. */
function escaped(text: string): string {
  return text
    .split('\n')
    .map((line) => JSON.stringify(line).slice(1, -1))
    .join('\n')
}
