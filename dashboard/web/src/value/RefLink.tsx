import { useRouter } from '@tanstack/react-router'
import type { MouseEvent } from 'react'
import type { Names } from '../layout/paths'
import { linkOf } from './links'
import { refText } from './text'
import type { Ref } from './types'
import './value.css'

/** A reference that stands in the database of those names, as a link in a few words;
 *  the title is as the language writes it. A table can have thousands, so it is a
 *  plain anchor that does not watch the router. */
export function RefLink({ value, names, tabIndex }: { value: Ref; names: Names; tabIndex?: number }) {
  const router = useRouter()
  const { to, search, label } = linkOf(names, value)
  const href = router.history.createHref(router.basepath + to + (search ? router.options.stringifySearch(search) : ''))
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    void router.navigate({ to, ...(search ? { search } : {}) })
  }
  return (
    <a className="value-ref" href={href} title={refText(value)} tabIndex={tabIndex} onClick={follow}>
      {label}
    </a>
  )
}
