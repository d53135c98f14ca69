import { Link, useNavigate } from '@tanstack/react-router'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { BookOpen, Database, Layers, SquareTerminal, Store } from 'lucide-react'
import { ApiError, messageOf } from '../../api/http'
import { sessionQuery } from '../../api/session'
import { EmptyState, Notice, PageHeader } from '../../design/PageHeader'
import { Trail } from '../../layout/Trail'
import { databasesQuery, databasesShown } from '../../layout/databases'
import { topLabel, useDatabase, type Database as Place } from '../../layout/database'
import { pathTo, shellWith } from '../../layout/paths'
import { docsQuery } from '../docs/api'
import { Connect } from './Connect'
import { shopOf } from './shop'
import './home.css'

/** A database at a glance: what to do in it, what is inside, how to connect. */
export function HomePage() {
  const place = useDatabase()
  const databases = useQuery(databasesQuery(place.path))
  if (databases.error instanceof ApiError && databases.error.status === 404) return <NoDatabase place={place} />
  return (
    <div className="page">
      <PageHeader trail={place.names.length > 0 && <Trail names={place.names.slice(0, -1)} />} title={place.names.length > 0 ? place.label : topLabel} window={[place.label]} />
      <div className="home-steps">
        <Step to={pathTo(place.names, 'shell')} icon={<SquareTerminal />} title="Shell" text="Write FQL and run it, in one pane or in two at the same instant." />
        <Step to={pathTo(place.names, 'collections')} icon={<Layers />} title="Collections" text="Look at the documents and follow their references." />
        {place.names.length > 0 ? (
          <Shop place={place} />
        ) : (
          <Step to="/docs/tutorial/README" icon={<BookOpen />} title="Tutorial" text="A shop that never sells what it does not have, in fourteen steps." />
        )}
      </div>
      <Databases place={place} />
      <Connect place={place} />
    </div>
  )
}

function NoDatabase({ place }: { place: Place }) {
  const around = place.names.slice(0, -1)
  return (
    <div className="page">
      <PageHeader trail={<Trail names={around} />} title={place.label} window={[place.label]} />
      <EmptyState icon={<Database />} title="There is no such database" action={<Link to={pathTo(around)}>Go to {around.at(-1) ?? topLabel}</Link>}>
        It was deleted, or the address is wrong.
      </EmptyState>
    </div>
  )
}

function Step({ to, icon, title, text }: { to: string; icon: React.ReactNode; title: string; text: string }) {
  return (
    <Link to={to} className="home-step">
      <span className="home-step-icon">{icon}</span>
      <span>
        <strong>{title}</strong>
        <span className="home-step-text">{text}</span>
      </span>
    </Link>
  )
}

/** Leads to the shell with the tutorial's shop in it, which is read when it is wanted. */
function Shop({ place }: { place: Place }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const open = useMutation({
    mutationFn: async () => {
      const lesson = (await client.fetchQuery(docsQuery)).find((page) => page.path === 'tutorial/README')
      await navigate(shellWith(place.names, shopOf(lesson?.text ?? '')))
    },
  })
  return (
    <button type="button" className="home-step" onClick={() => open.mutate()}>
      <span className="home-step-icon">
        <Store />
      </span>
      <span>
        <strong>A shop to try</strong>
        <span className="home-step-text">{open.error ? messageOf(open.error) : 'Opens the shell with all that makes the tutorial’s shop, and its first order.'}</span>
      </span>
    </button>
  )
}

function Databases({ place }: { place: Place }) {
  const databases = useQuery(databasesQuery(place.path))
  const heading = place.names.length > 0 ? 'Databases inside' : 'Databases'
  const session = useQuery(sessionQuery)
  if (databases.isPending) return null
  // A secret that may not see databases has none to choose from.
  if (databases.isError && !session.data?.admin) return null
  if (databases.isError)
    return <Notice title={`The databases ${place.names.length > 0 ? 'inside ' : ''}cannot be listed`}>{messageOf(databases.error)}</Notice>
  const { names, more } = databases.data
  if (names.length === 0) {
    if (place.names.length > 0) return null
    return (
      <EmptyState icon={<Database />} title="No databases yet" action={<Link {...shellWith(place.names, 'CreateDatabase({name: "ecommerce-tutorial"})')}>Or create one in the shell</Link>}>
        Choose <strong>NEW DATABASE</strong> at the upper left, give it a name and save it. Every page then acts in that database.
      </EmptyState>
    )
  }
  return (
    <section className="panel">
      <header className="panel-head">
        <h2>{heading}</h2>
        <span className="home-count">{more ? `the first ${databasesShown.toLocaleString('en')}` : names.length}</span>
      </header>
      <ul className="home-databases">
        {names.map((name) => (
          <li key={name}>
            <Link to={pathTo([...place.names, name])}>
              <Database aria-hidden="true" />
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
