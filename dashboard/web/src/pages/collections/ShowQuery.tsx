import { Link } from '@tanstack/react-router'
import { SquareTerminal } from 'lucide-react'
import { CopyButton } from '../../design/CopyButton'
import { Highlighted } from '../../editor/Highlighted'
import { shellWith, type Names } from '../../layout/paths'

/** The FQL of what is shown, and the way into the shell with it. */
export function ShowQuery({ names, text, id }: { names: Names; text: string; id: string }) {
  return (
    <section id={id} className="panel show-query" aria-label="The query of this page">
      <Highlighted text={text} />
      <div className="show-query-actions">
        <CopyButton text={text} label="Copy the query" />
        <OpenInShell names={names} text={text} />
      </div>
    </section>
  )
}

/** Opens the shell with a text in its editor. */
export function OpenInShell({ names, text }: { names: Names; text: string }) {
  return (
    <Link className="button button-plain" {...shellWith(names, text)}>
      <SquareTerminal aria-hidden="true" />
      Open in the shell
    </Link>
  )
}
