import { Link } from '@tanstack/react-router'
import type { Names } from '../../layout/paths'
import type { DocPage } from './api'
import { docPath } from './Markdown'
import { plainOf } from './search'

/** All pages by their groups. Functions stand close together. */
export function Contents({ pages, names }: { pages: DocPage[]; names: Names }) {
  const groups = [...new Set(pages.map((page) => page.group))]
  const isFunction = (page: DocPage) => page.path.startsWith('fql/pages/') && page.path !== 'fql/pages/README'
  return groups.map((group) => {
    const all = pages.filter((page) => page.group === group)
    const functions = all.filter(isFunction)
    return (
      <section key={group} className="docs-group" aria-label={group}>
        <h2>{group}</h2>
        <ul className="docs-cards">
          {all
            .filter((page) => !isFunction(page))
            .map((page) => (
              <li key={page.path}>
                <Link className="docs-card" to={docPath(names, page.path)} preload={false}>
                  <strong>{page.title}</strong>
                  <span>{firstWords(page.text)}</span>
                </Link>
              </li>
            ))}
        </ul>
        {functions.length > 0 && (
          <ul className="docs-functions">
            {functions.map((page) => (
              <li key={page.path}>
                <Link to={docPath(names, page.path)} preload={false}>
                  {page.title}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </section>
    )
  })
}

/** The first paragraph of a page, in one line. */
function firstWords(text: string): string {
  const paragraph = text
    .replace(/<!--[\s\S]*?-->/g, '')
    .split(/\n\s*\n/)
    .find((part) => part.trim() !== '' && !/^\s*(#|```|\||!)/.test(part))
  return plainOf(paragraph ?? '').replace(/\s+/g, ' ').slice(0, 160)
}
