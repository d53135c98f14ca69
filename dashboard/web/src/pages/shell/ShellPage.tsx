import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Columns2, History, Play, Square } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ApiError } from '../../api/http'
import { Button } from '../../design/Button'
import { Choice } from '../../design/Choice'
import { Notice, PageHeader } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { databasesQuery } from '../../layout/databases'
import { Trail } from '../../layout/Trail'
import { actingIn, actorOf, partOf, type Acting } from '../security/actor'
import { HistoryDrawer } from './HistoryDrawer'
import { interval } from './interval'
import { apart } from './outcome'
import { Pane, type PaneHandle } from './Pane'
import { RunAs } from './RunAs'
import { useRuns, type Order } from './runs'
import { savedNamed } from './saved'
import { SavedDrawer } from './SavedDrawer'
import { keepView, keptView, viewIn, type View } from './views'
import './shell.css'

interface Search {
  /** A text to put into the editor, or the name of a saved one. */
  text?: string
  saved?: string
  /** How the first pane shows results, and the second. */
  view?: View
  view2?: View
  panes?: number
  /** As whom it runs: "role clerk". */
  as?: string
  /** At which time it reads. */
  at?: string
}

/** Writes and runs FQL, in one pane or in two at the same instant. */
export function ShellPage() {
  const place = useDatabase()
  // Each database has its own drafts and results.
  return <Shell key={place.path} />
}

function Shell() {
  const place = useDatabase()
  const search = useSearch({ strict: false }) as Search
  const navigate = useNavigate()
  const two = search.panes === 2
  const viewOf = (index: number): View => viewIn(index === 0 ? search.view : search.view2) ?? keptView(index)
  const { outcomes, run, cancel } = useRuns(place.path)
  const panes = [useRef<PaneHandle>(null), useRef<PaneHandle>(null)]
  const [focused, setFocused] = useState(0)

  // A secret is in no URL: it is known until the page is left.
  const [secret, setSecret] = useState<Acting>()
  const acting = secret ?? actingIn(search.as)
  const at = search.at === undefined ? undefined : String(search.at)
  const manner = useMemo(() => ({ ...(acting ? { as: actorOf(acting) } : {}), ...(at === undefined ? {} : { at }) }), [acting?.kind, acting?.name, at])

  const change = (next: Search) => void navigate({ to: '.', search: (before: Search) => ({ ...before, ...next }), replace: true })

  const changed = useRef(change)
  changed.current = change
  const readAt = useCallback((when: string) => changed.current({ at: when }), [])

  // What came with the URL is taken once, as an edit that can be undone.
  const [missing, setMissing] = useState<string>()
  const pane = () => panes[two ? focused : 0]?.current
  useEffect(() => {
    const { text, saved } = search
    if (text === undefined && saved === undefined) return
    const found = saved === undefined ? undefined : savedNamed(place.path, String(saved))
    if (text !== undefined || found) pane()?.replace(text === undefined ? found!.text : String(text), found?.name)
    setMissing(text === undefined && !found ? String(saved) : undefined)
    void navigate({ to: '.', search: ({ text: _, saved: __, ...rest }: Search) => rest, replace: true })
  }, [search.text, search.saved, navigate])

  const runBoth = useCallback(() => {
    const orders = panes.flatMap((pane) => pane.current?.order() ?? [])
    if (orders.length > 0) run(orders, manner)
  }, [run, manner])
  const running = outcomes.some((outcome) => outcome && !outcome.ended)
  const gap = two ? apart(outcomes.flatMap((outcome) => outcome ?? [])) : undefined

  const here = useQuery(databasesQuery(place.path))
  if (here.error instanceof ApiError && here.error.status === 404)
    return (
      <div className="page">
        <PageHeader trail={<Trail names={place.names.slice(0, -1)} />} title="Shell" window={['Shell', place.label]} />
        <Notice title={`There is no database ${place.path}`} action={<Link to="/databases">All databases</Link>}>
          It was deleted or renamed, or the address is mistyped.
        </Notice>
      </div>
    )
  return (
    <div className="shell">
      <PageHeader trail={<Trail names={place.names} />} title="Shell" window={['Shell', place.label]}>
        {missing !== undefined && (
          <span className="shell-apart" role="status">
            This browser has no saved query called {missing}
          </span>
        )}
        {gap !== undefined && !running && <span className="shell-apart">Began {interval(gap)} apart</span>}
        <Choice
          label="Panes"
          value={two ? '2' : '1'}
          onChange={(next) => change({ panes: next === '2' ? 2 : undefined })}
          options={[
            { value: '1', label: <Square />, name: 'One pane' },
            { value: '2', label: <Columns2 />, name: 'Two panes' },
          ]}
        />
        <RunAs
          acting={acting}
          at={at}
          onChange={(next, when) => {
            setSecret(next?.kind === 'secret' ? next : undefined)
            change({ as: next && partOf(next), at: when })
          }}
        />
        <SavedDrawer database={place.path} onChoose={(text, name) => pane()?.replace(text, name)} />
        <HistoryDrawer name={place.path} trigger={<Button icon={<History />}>History</Button>} onChoose={(text) => pane()?.replace(text)} />
        {two && (
          <Button kind="primary" className="button-caps" icon={<Play />} onClick={runBoth} disabled={running} title="Runs both panes at the same instant (Ctrl-Shift-Enter)">
            RUN BOTH
          </Button>
        )}
      </PageHeader>
      <div className={two ? 'shell-panes shell-panes-two' : 'shell-panes'}>
        {(two ? [0, 1] : [0]).map((index) => (
          <Pane
            key={index}
            index={index}
            handle={panes[index]!}
            label={two ? `Pane ${index + 1}` : 'Query'}
            outcome={outcomes[index]}
            view={viewOf(index)}
            onView={(view) => {
              keepView(index, view)
              change(index === 0 ? { view } : { view2: view })
            }}
            onAt={readAt}
            onRun={(order: Order) => {
              setMissing(undefined)
              run([order], manner)
            }}
            onRunBoth={two ? runBoth : undefined}
            onCancel={() => cancel(index)}
            onFocus={() => setFocused(index)}
          />
        ))}
      </div>
    </div>
  )
}

