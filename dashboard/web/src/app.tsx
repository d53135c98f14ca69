import { MutationCache, QueryCache, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, Outlet, RouterProvider, useLocation, type AnyRoute, type ErrorComponentProps } from '@tanstack/react-router'
import { useEffect } from 'react'
import { isOutdated, reloadOnce } from './api/build'
import { messageOf, request } from './api/http'
import { noticeEnd, sessionQuery, watchSession } from './api/session'
import { Button } from './design/Button'
import { EmptyState, Notice } from './design/PageHeader'
import { Frame } from './layout/Frame'
import { HomePage } from './pages/home/HomePage'
import { SignInPage } from './pages/sign-in/SignInPage'

const client = new QueryClient({
  defaultOptions: { queries: { retry: false, staleTime: 5_000 } },
  // Whatever finds that nobody is signed in any more leads to the sign-in page.
  queryCache: new QueryCache({ onError: (thrown) => noticeEnd(client, thrown) }),
  mutationCache: new MutationCache({ onError: (thrown) => noticeEnd(client, thrown) }),
})

watchSession(() => location.reload())

/** Asks who is signed in before it shows a page; the URL stays what it is. */
function Gate() {
  const session = useQuery(sessionQuery)
  const { pathname } = useLocation()
  if (session.isPending) return null
  if (session.isError)
    return (
      <main className="page">
        <Notice title="The server does not answer" action={<Button onClick={() => void session.refetch()}>Try again</Button>}>
          {messageOf(session.error)}
        </Notice>
      </main>
    )
  if (session.data) return <Frame />
  // The documentation is for everybody.
  if (/^\/docs(\/|$)/.test(pathname))
    return (
      <main id="content" className="docs-open" tabIndex={-1}>
        <Outlet />
      </main>
    )
  return <SignInPage />
}

function NothingHere() {
  return (
    <div className="page">
      <EmptyState title="There is no such page" action={<Link to="/">Go to the top level</Link>} />
    </div>
  )
}

/** What stands in place of a page that cannot be shown. Its code is fetched when it is
 *  first opened: the server may be down, or have become another release. */
function Broken({ error }: ErrorComponentProps) {
  useEffect(() => void request('GET', 'session').catch(() => undefined).then(() => isOutdated() && reloadOnce()), [])
  return (
    <div className="page">
      <Notice title="This page cannot be shown" action={<Button onClick={() => location.reload()}>Reload</Button>}>
        Is the server running? {messageOf(error)}
      </Notice>
    </div>
  )
}

const root = createRootRoute({
  component: Gate,
  notFoundComponent: NothingHere,
  // The next page is the next build's, whole. The address is already that page's.
  beforeLoad: ({ preload }) => (!preload && isOutdated() && reloadOnce() ? new Promise<void>(() => {}) : undefined),
})
const inDatabase = createRoute({ getParentRoute: () => root, path: 'db/$database' })

/** The pages, which are the same for the secret's own database and those below. */
const pages = (parent: AnyRoute) => [
  createRoute({ getParentRoute: () => parent, path: '/', component: HomePage }),
  createRoute({ getParentRoute: () => parent, path: 'shell', component: lazyRouteComponent(() => import('./pages/shell/ShellPage'), 'ShellPage') }),
  createRoute({
    getParentRoute: () => parent,
    path: 'collections',
    component: lazyRouteComponent(() => import('./pages/collections/CollectionsPage'), 'CollectionsPage'),
  }),
  createRoute({
    getParentRoute: () => parent,
    path: 'collections/$collection',
    component: lazyRouteComponent(() => import('./pages/collections/CollectionPage'), 'CollectionPage'),
  }),
  createRoute({
    getParentRoute: () => parent,
    path: 'collections/$collection/$document',
    component: lazyRouteComponent(() => import('./pages/collections/DocumentPage'), 'DocumentPage'),
  }),
  createRoute({ getParentRoute: () => parent, path: 'indexes', component: lazyRouteComponent(() => import('./pages/indexes/IndexesPage'), 'IndexesPage') }),
  createRoute({ getParentRoute: () => parent, path: 'indexes/$index', component: lazyRouteComponent(() => import('./pages/indexes/IndexPage'), 'IndexPage') }),
  createRoute({ getParentRoute: () => parent, path: 'functions', component: lazyRouteComponent(() => import('./pages/functions/FunctionsPage'), 'FunctionsPage') }),
  createRoute({ getParentRoute: () => parent, path: 'functions/$function', component: lazyRouteComponent(() => import('./pages/functions/FunctionPage'), 'FunctionPage') }),
  createRoute({ getParentRoute: () => parent, path: 'security', component: lazyRouteComponent(() => import('./pages/security/SecurityPage'), 'SecurityPage') }),
  createRoute({ getParentRoute: () => parent, path: 'security/$role', component: lazyRouteComponent(() => import('./pages/security/RolePage'), 'RolePage') }),
  createRoute({ getParentRoute: () => parent, path: 'unis', component: lazyRouteComponent(() => import('./pages/unis/UnisPage'), 'UnisPage') }),
  createRoute({ getParentRoute: () => parent, path: 'unis/new', component: lazyRouteComponent(() => import('./pages/unis/NewUniPage'), 'NewUniPage') }),
  createRoute({ getParentRoute: () => parent, path: 'unis/$uni', component: lazyRouteComponent(() => import('./pages/unis/UniPage'), 'UniPage') }),
  createRoute({ getParentRoute: () => parent, path: 'graphql', component: lazyRouteComponent(() => import('./pages/unis/ChoosePage'), 'ChooseGraphPage') }),
  createRoute({ getParentRoute: () => parent, path: 'graphql/$uni/$node', component: lazyRouteComponent(() => import('./pages/graphql/GraphPage'), 'GraphPage') }),
  createRoute({ getParentRoute: () => parent, path: 'ledger', component: lazyRouteComponent(() => import('./pages/unis/ChoosePage'), 'ChooseLedgerPage') }),
  createRoute({ getParentRoute: () => parent, path: 'ledger/$uni', component: lazyRouteComponent(() => import('./pages/ledger/LedgerPage'), 'LedgerPage') }),
  createRoute({ getParentRoute: () => parent, path: 'ledger/$uni/$block', component: lazyRouteComponent(() => import('./pages/ledger/BlockPage'), 'BlockPage') }),
  createRoute({ getParentRoute: () => parent, path: 'metrics', component: lazyRouteComponent(() => import('./pages/metrics/MetricsPage'), 'MetricsPage') }),
  createRoute({ getParentRoute: () => parent, path: 'cluster', component: lazyRouteComponent(() => import('./pages/cluster/ClusterPage'), 'ClusterPage') }),
  createRoute({ getParentRoute: () => parent, path: 'databases', component: lazyRouteComponent(() => import('./pages/databases/DatabasesPage'), 'DatabasesPage') }),
  createRoute({ getParentRoute: () => parent, path: 'jobs', component: lazyRouteComponent(() => import('./pages/jobs/JobsPage'), 'JobsPage') }),
  createRoute({ getParentRoute: () => parent, path: 'docs', component: lazyRouteComponent(() => import('./pages/docs/DocsPage'), 'DocsPage') }),
  createRoute({ getParentRoute: () => parent, path: 'docs/$', component: lazyRouteComponent(() => import('./pages/docs/DocsPage'), 'DocsPage') }),
]

const router = createRouter({
  basepath: '/ui',
  routeTree: root.addChildren([...pages(root), inDatabase.addChildren(pages(inDatabase))]),
  defaultPreload: 'intent',
  defaultErrorComponent: Broken,
})

/** The whole application. */
export function App() {
  return (
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  )
}
