import { Link } from '@tanstack/react-router'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { BookCheck, BookOpen, ChartLine, Database, Handshake, House, KeyRound, Layers, ListChecks, ListTree, LogOut, Network, SquareFunction, SquareTerminal, Waypoints } from 'lucide-react'
import type { ReactNode } from 'react'
import { messageOf } from '../api/http'
import { signOut } from '../api/session'
import { Button } from '../design/Button'
import { Mark } from '../design/Mark'
import { DatabaseMenu } from './DatabaseMenu'
import { useDatabase } from './database'
import { GoTo } from './GoTo'
import { NewDatabase } from './NewDatabase'
import { pathTo, type Page } from './paths'
import { ThemeMenu } from './ThemeMenu'

/** Where one is and where one can go. */
export function Sidebar() {
  const client = useQueryClient()
  const leave = useMutation({ mutationFn: () => signOut(client) })
  return (
    <aside className="sidebar">
      <Link to="/" className="sidebar-brand" activeOptions={{ exact: true }} aria-label="Seriatim, top level">
        <Mark />
        <span>Seriatim</span>
      </Link>
      <NewDatabase />
      <div className="sidebar-database">
        <span className="label">Database</span>
        <DatabaseMenu />
      </div>
      <GoTo />
      <nav className="sidebar-pages" aria-label="Pages">
        <PageLink page="" icon={<House />} exact>
          Home
        </PageLink>
        <PageLink page="collections" icon={<Layers />}>
          Collections
        </PageLink>
        <PageLink page="indexes" icon={<ListTree />}>
          Indexes
        </PageLink>
        <PageLink page="functions" icon={<SquareFunction />}>
          Functions
        </PageLink>
        <PageLink page="security" icon={<KeyRound />}>
          Security
        </PageLink>
        <PageLink page="shell" icon={<SquareTerminal />}>
          Shell
        </PageLink>
        <PageLink page="unis" icon={<Handshake />}>
          Unis
        </PageLink>
        <PageLink page="graphql" icon={<Waypoints />}>
          GraphQL
        </PageLink>
        <PageLink page="ledger" icon={<BookCheck />}>
          Ledger
        </PageLink>
        <PageLink page="databases" icon={<Database />}>
          Databases
        </PageLink>
        <PageLink page="jobs" icon={<ListChecks />}>
          Jobs
        </PageLink>
        <PageLink page="metrics" icon={<ChartLine />}>
          Metrics
        </PageLink>
        <PageLink page="cluster" icon={<Network />}>
          Cluster
        </PageLink>
        <PageLink page="docs" icon={<BookOpen />}>
          Docs
        </PageLink>
      </nav>
      {leave.isError && (
        <p className="sidebar-trouble" role="alert">
          Not signed out. {messageOf(leave.error)}
        </p>
      )}
      <div className="sidebar-foot">
        <ThemeMenu />
        <Button kind="quiet" icon={<LogOut />} onClick={() => leave.mutate()}>
          Sign out
        </Button>
      </div>
    </aside>
  )
}

function PageLink({ page, icon, exact = false, children }: { page: Page; icon: ReactNode; exact?: boolean; children: ReactNode }) {
  const { names } = useDatabase()
  return (
    <Link to={pathTo(names, page)} className="sidebar-page" activeOptions={{ exact, includeSearch: false }} activeProps={{ 'aria-current': 'page' }}>
      {icon}
      {children}
    </Link>
  )
}

