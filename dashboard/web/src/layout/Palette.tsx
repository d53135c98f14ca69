import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Dialog } from 'radix-ui'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { query } from '../api/query'
import { docsQuery } from '../pages/docs/api'
import { useSaved } from '../pages/shell/saved'
import { get, isArray } from '../value/access'
import { refOf } from '../value/parse'
import { databasesQuery } from './databases'
import { useDatabase } from './database'
import { meant, pageEntries, type Entry, type Kind } from './palette'
import { pathTo, type Names, type Page } from './paths'
import './palette.css'

/** The command palette: goes to any page, collection, index, function, database, saved
 *  query or page of the documentation by a few letters. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { names, path } = useDatabase()
  const entries = useEntries(names, path)
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLUListElement>(null)
  const found = useMemo(() => meant(entries, text), [entries, text])
  const chosen = Math.min(at, found.length - 1)
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  const go = (entry: Entry | undefined) => {
    if (!entry) return
    onClose()
    void navigate({ to: entry.to, ...(entry.search ? { search: entry.search } : {}) })
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') return go(found[chosen])
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    setAt(Math.max(0, Math.min(found.length - 1, chosen + by)))
  }
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-shade" />
        <Dialog.Content className="palette" aria-describedby={undefined}>
          <Dialog.Title className="visually-hidden">Go to</Dialog.Title>
          <input
            className="palette-input"
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={found.length > 0 ? `palette-${chosen}` : undefined}
            aria-label="Go to a page, collection, function, database, saved query or the documentation"
            placeholder="Go to …"
            autoFocus
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setText(event.target.value)
              setAt(0)
            }}
            onKeyDown={press}
          />
          <ul ref={list} id="palette-list" className="palette-list" role="listbox" aria-label="Places">
            {found.map((entry, i) => (
              <li key={`${entry.kind} ${entry.to} ${entry.label}`} id={`palette-${i}`} role="option" aria-selected={i === chosen} className="palette-entry" onPointerMove={() => setAt(i)} onClick={() => go(entry)}>
                <span className="palette-label">{entry.label}</span>
                <span className="palette-kind">{entry.kind}</span>
              </li>
            ))}
          </ul>
          {found.length === 0 && <p className="palette-none">Nothing is called that.</p>}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function useEntries(names: Names, path: string): Entry[] {
  const databases = useQuery(databasesQuery(path))
  const docs = useQuery(docsQuery)
  const collections = useRefs(path, 'Collections')
  const indexes = useRefs(path, 'Indexes')
  const functions = useRefs(path, 'Functions')
  const saved = useSaved(path)
  return useMemo(() => {
    const of = (kind: Kind, page: Page, ids: string[] | undefined): Entry[] => (ids ?? []).map((label) => ({ kind, label, to: pathTo(names, page, label) }))
    const around: Entry[] = names.length > 0 ? [{ kind: 'Database', label: names.at(-2) ?? 'Top level', to: pathTo(names.slice(0, -1)) }] : []
    return [
      ...pageEntries(names),
      ...of('Collection', 'collections', collections),
      ...of('Index', 'indexes', indexes),
      ...of('Function', 'functions', functions),
      ...saved.map(({ name }): Entry => ({ kind: 'Saved query', label: name, to: pathTo(names, 'shell'), search: { saved: name } })),
      ...around,
      ...(databases.data?.names ?? []).map((label): Entry => ({ kind: 'Database', label, to: pathTo([...names, label]) })),
      ...(docs.data ?? []).map(({ title, path: place }): Entry => ({ kind: 'Docs', label: title, to: pathTo(names, 'docs', ...place.split('/')) })),
    ]
  }, [names, collections, indexes, functions, saved, databases.data, docs.data])
}

/** The names of a kind of definition; a secret that may not list them has none. */
function useRefs(path: string, kind: 'Collections' | 'Indexes' | 'Functions'): string[] | undefined {
  return useQuery({
    queryKey: ['palette', kind, path],
    queryFn: async ({ signal }) => {
      const data = get(await query(path, `Paginate(${kind}(), {size: 1000})`, signal), 'data')
      return isArray(data) ? data.flatMap((ref) => refOf(ref)?.id ?? []) : []
    },
  }).data
}
