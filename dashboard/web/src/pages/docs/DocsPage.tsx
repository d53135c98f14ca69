import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { BookOpen, FileText } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { messageOf } from '../../api/http'
import { Button } from '../../design/Button'
import { EmptyState, Notice, PageHeader } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import type { Names } from '../../layout/paths'
import { pathTo } from '../../layout/paths'
import { docsQuery, type DocPage } from './api'
import { Contents } from './Contents'
import { docPath, Markdown } from './Markdown'
import { index, search } from './search'
import './docs.css'

/** The documentation: the list of pages, or one, or what a search found. The text that is
 *  searched for is in the URL. */
export function DocsPage() {
  const { names } = useDatabase()
  const { _splat = '' } = useParams({ strict: false }) as { _splat?: string }
  const { q = '' } = useSearch({ strict: false }) as { q?: unknown }
  const text = String(q)
  const docs = useQuery(docsQuery)
  const path = _splat.replace(/\/$/, '')
  const page = docs.data?.find((one) => one.path === path || one.path === `${path}/README`)
  return (
    <div className="page docs-page">
      <PageHeader
        trail={path !== '' && <Trail names={names} page={page} />}
        title={text ? 'Documentation' : (page?.title ?? 'Documentation')}
        window={page ? [page.title, 'Docs'] : ['Docs']}
      >
        <Find text={text} />
      </PageHeader>
      {docs.isError && (
        <Notice title="The documentation cannot be shown" action={<Button onClick={() => void docs.refetch()}>Try again</Button>}>
          {messageOf(docs.error)}
        </Notice>
      )}
      {docs.data && (text !== '' ? <Found pages={docs.data} text={text} names={names} /> : path === '' ? <Contents pages={docs.data} names={names} /> : <One pages={docs.data} page={page} names={names} />)}
    </div>
  )
}

function Trail({ names, page }: { names: Names; page: DocPage | undefined }) {
  return (
    <>
      <Link to={pathTo(names, 'docs')}>Documentation</Link>
      <span aria-hidden="true">/</span>
      {page?.path.startsWith('fql/pages/') && page.path !== 'fql/pages/README' && (
        <>
          <Link to={docPath(names, 'fql/pages/README')}>FQL functions</Link>
          <span aria-hidden="true">/</span>
        </>
      )}
    </>
  )
}

function Find({ text }: { text: string }) {
  const navigate = useNavigate()
  return (
    <input
      className="field-input docs-find"
      type="search"
      aria-label="Search the documentation"
      placeholder="Search: Paginate, backup, race …"
      value={text}
      onChange={(event) => void navigate({ to: '.', search: event.target.value === '' ? {} : { q: event.target.value }, replace: text !== '' })}
    />
  )
}

function One({ pages, page, names }: { pages: DocPage[]; page: DocPage | undefined; names: Names }) {
  const { hash } = useLocation()
  const paths = useMemo(() => new Set(pages.map((one) => one.path)), [pages])
  useEffect(() => {
    if (hash) document.getElementById(hash)?.scrollIntoView()
    else document.getElementById('content')?.scrollTo(0, 0)
  }, [hash, page])
  if (!page)
    return (
      <EmptyState icon={<BookOpen />} title="There is no such page" action={<Link to={pathTo(names, 'docs')}>All pages</Link>}>
        Search for what it was about, or look at the list.
      </EmptyState>
    )
  return (
    <article>
      <Markdown text={page.text} path={page.path} names={names} has={(path) => paths.has(path)} />
      <footer className="docs-foot">
        <a href={`/docs/${page.path}.md`} target="_blank" rel="noreferrer">
          <FileText aria-hidden="true" />
          This page as Markdown
        </a>
      </footer>
    </article>
  )
}

function Found({ pages, text, names }: { pages: DocPage[]; text: string; names: Names }) {
  const indexed = useMemo(() => index(pages), [pages])
  const hits = useMemo(() => search(indexed, text), [indexed, text])
  if (hits.length === 0)
    return (
      <EmptyState icon={<BookOpen />} title="Nothing is found" action={<Link to={pathTo(names, 'docs')}>All pages</Link>}>
        No page has all of these words. Try fewer of them.
      </EmptyState>
    )
  return (
    <ol className="docs-hits" aria-label="Found">
      {hits.map(({ page, heading, anchor, around }) => (
        <li key={`${page.path}#${anchor}`}>
          <Link className="docs-hit" to={docPath(names, page.path)} {...(anchor ? { hash: anchor } : {})} preload={false}>
            <span className="docs-hit-title">
              {page.title}
              {heading && <span className="docs-hit-heading">{heading}</span>}
            </span>
            <span className="docs-hit-text">{around}</span>
          </Link>
        </li>
      ))}
    </ol>
  )
}
