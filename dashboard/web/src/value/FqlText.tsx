import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { messageOf } from '../api/http'
import { CopyButton } from '../design/CopyButton'
import { Highlighted } from '../editor/Highlighted'
import { useDatabase } from '../layout/database'
import { useLinks } from '../layout/links'
import { shellWith } from '../layout/paths'
import { ask } from './ask'

/** What a query gives as FQL, written by the server: the text of a function or set. */
export function FqlText({ database, text, isSet }: { database: string; text: string; isSet: boolean }) {
  const { names } = useDatabase()
  const linkFor = useLinks()
  const answer = useQuery({
    queryKey: [database, 'text', text],
    queryFn: ({ signal }) => ask(database, text, signal),
    staleTime: Infinity, // the text names the instant at which it reads
  })
  if (answer.isPending) return <p className="tree-note">Reading…</p>
  if (answer.isError) return <p className="tree-note">{messageOf(answer.error)}</p>
  const { shell } = answer.data
  return (
    <div className="tree-fql">
      <Highlighted text={shell} linkFor={linkFor} />
      <span className="tree-fql-actions">
        {isSet && <Link {...shellWith(names, `Paginate(${shell})`)}>Paginate it in the shell</Link>}
        <CopyButton text={shell} label="Copy as FQL" />
      </span>
    </div>
  )
}
