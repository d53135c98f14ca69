import { Link } from '@tanstack/react-router'
import { SquareTerminal } from 'lucide-react'
import { lexer, type Token, type Tokens } from 'marked'
import { createElement, Fragment, useMemo, type ReactNode } from 'react'
import { CopyButton } from '../../design/CopyButton'
import { Highlighted } from '../../editor/Highlighted'
import { pathTo, shellWith, type Names } from '../../layout/paths'
import { anchors, queriesOf, targetOf } from './where'

interface Place {
  /** The page's own path. */
  path: string
  names: Names
  has: (path: string) => boolean
}

/** A page of Markdown as elements: HTML in it is not taken, links lead to pages. */
export function Markdown({ text, path, names, has }: Place & { text: string }) {
  const tokens = useMemo(() => lexer(text), [text])
  const place = { path, names, has, name: anchors() }
  return <div className="docs-text">{tokens.map((token, i) => block(token, i, place))}</div>
}

interface Naming extends Place {
  name: (heading: string) => string
}

function block(token: Token, key: number, place: Naming): ReactNode {
  const t = token as Tokens.Generic
  switch (t.type) {
    case 'heading': {
      const id = place.name(plain(t.tokens))
      // The page has its own first heading.
      return t.depth === 1 ? null : createElement(`h${Math.min(6, t.depth as number)}`, { key, id }, inline(t.tokens, place))
    }
    case 'paragraph':
      return <p key={key}>{inline(t.tokens, place)}</p>
    case 'text':
      return <Fragment key={key}>{t.tokens ? inline(t.tokens, place) : (t.text as string)}</Fragment>
    case 'blockquote':
      return <blockquote key={key}>{t.tokens?.map((one, i) => block(one, i, place))}</blockquote>
    case 'hr':
      return <hr key={key} />
    case 'code':
      return <Code key={key} text={t.text as string} language={(t.lang as string | undefined) ?? ''} names={place.names} />
    case 'list':
      return createElement(
        t.ordered ? 'ol' : 'ul',
        { key, ...(t.ordered && t.start !== 1 ? { start: t.start as number } : {}) },
        (t.items as Tokens.ListItem[]).map((item, i) => <li key={i}>{item.tokens.map((one, k) => block(one, k, place))}</li>),
      )
    case 'table':
      return <Table key={key} table={token as Tokens.Table} place={place} />
    default:
      return null // spaces and HTML
  }
}

function Table({ table, place }: { table: Tokens.Table; place: Naming }) {
  const headed = table.header.some((cell) => cell.text !== '')
  return (
    <div className="docs-table" role="group" aria-label="Table" tabIndex={0}>
      <table>
        {headed && (
          <thead>
            <tr>
              {table.header.map((cell, i) => (cell.text === '' ? <td key={i} /> : <th key={i} scope="col">{inline(cell.tokens, place)}</th>))}
            </tr>
          </thead>
        )}
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, k) => (
                <td key={k}>{inline(cell.tokens, place)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function inline(tokens: Token[] | undefined, place: Naming): ReactNode[] {
  return (tokens ?? []).map((token, key) => {
    const t = token as Tokens.Generic
    switch (t.type) {
      case 'strong':
        return <strong key={key}>{inline(t.tokens, place)}</strong>
      case 'em':
        return <em key={key}>{inline(t.tokens, place)}</em>
      case 'del':
        return <del key={key}>{inline(t.tokens, place)}</del>
      case 'codespan':
        return <code key={key}>{t.text as string}</code>
      case 'br':
        return <br key={key} />
      case 'link':
        return <To key={key} href={t.href as string} place={place} words={inline(t.tokens, place)} />
      case 'image':
        return <em key={key}>{t.text as string}</em>
      case 'html':
        return /^<br\s*\/?>$/i.test(t.text as string) ? <br key={key} /> : null
      case 'text':
        return <Fragment key={key}>{t.tokens ? inline(t.tokens, place) : unescaped(t.text as string)}</Fragment>
      default:
        return <Fragment key={key}>{t.text as string}</Fragment>
    }
  })
}

/** Characters that Markdown may have written by their names. */
const unescaped = (text: string): string => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&nbsp;/g, '\u00a0').replace(/&amp;/g, '&')

function To({ href, place, words }: { href: string; place: Naming; words: ReactNode }) {
  const target = targetOf(place.path, href, place.has)
  if (target.kind === 'nowhere') return <span title={href}>{words}</span>
  if (target.kind === 'outside')
    return (
      <a href={target.url} rel="noreferrer noopener" target="_blank">
        {words}
      </a>
    )
  return (
    <Link to={docPath(place.names, target.path)} {...(target.hash ? { hash: target.hash } : {})} preload={false}>
      {words}
    </Link>
  )
}

/** Where a page of the documentation is, below /ui. */
export const docPath = (names: Names, path: string): string => pathTo(names, 'docs', ...path.split('/'))

function Code({ text, language, names }: { text: string; language: string; names: Names }) {
  const query = queriesOf(language, text)
  const coloured = query !== undefined || language === 'json' || language === 'js'
  return (
    <div className="docs-code">
      <div className="docs-code-text" tabIndex={0} role="group" aria-label={language || 'Code'}>
        {coloured ? <Highlighted text={text} language={language === 'json' ? 'json' : 'fql'} lines={400} /> : <pre>{text}</pre>}
      </div>
      <div className="docs-code-do">
        {query !== undefined && (
          <Link className="button button-quiet" preload={false} {...shellWith(names, query)}>
            <SquareTerminal />
            Open in shell
          </Link>
        )}
        <CopyButton text={text} label="Copy the code" />
      </div>
    </div>
  )
}

function plain(tokens: Token[] | undefined): string {
  return (tokens ?? []).map((token) => ('tokens' in token && token.tokens ? plain(token.tokens) : 'text' in token ? unescaped(String(token.text)) : '')).join('')
}
