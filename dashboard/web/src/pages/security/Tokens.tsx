import { Link } from '@tanstack/react-router'
import { Ticket } from 'lucide-react'
import { EmptyState } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo, shellWith } from '../../layout/paths'
import { get } from '../../value/access'
import { refOf, type Value } from '../../value/parse'
import { RefLink } from '../../value/RefLink'
import { Trouble } from '../collections/Trouble'
import { KeptFilter, KeptTable } from './KeptTable'
import { useList } from './list'

/** The tokens of the database: who is logged in as which document. */
export function Tokens() {
  const { names } = useDatabase()
  const tokens = useList('Tokens')
  if (tokens.error) return <Trouble error={tokens.error} what="the tokens" onRetry={tokens.refetch} />
  if (!tokens.isReady) return null
  if (tokens.all.length === 0)
    return (
      <EmptyState
        icon={<Ticket />}
        title="No tokens"
        action={
          <Link className="button button-primary" {...shellWith(names, 'Login(Ref(Collection("customers"), "1"), {password: "…"})')}>
            Log in in the shell
          </Link>
        }
      >
        A token stands for a document that has logged in with its password. It has the roles that the document is a member of.
      </EmptyState>
    )
  return (
    <>
      <div className="page-actions">
        <KeptFilter what="tokens" />
      </div>
      <KeptTable what="tokens" one="token" set="Tokens" list={tokens} columns={columns} words={documentOf} action={(token) => <Question document={documentOf(token)} />} />
    </>
  )
}

/** The document that a token stands for, as collection/id. */
function documentOf(token: Value): string {
  const instance = refOf(get(token, 'instance'))
  return instance?.collection ? `${instance.collection.id}/${instance.id}` : ''
}

const columns = [{ head: 'Stands for', cell: (token: Value) => <Instance of={token} /> }]

function Instance({ of }: { of: Value }) {
  const { names } = useDatabase()
  const instance = refOf(get(of, 'instance'))
  return instance && <RefLink value={instance} names={names} tabIndex={-1} />
}

function Question({ document }: { document: string }) {
  const { names } = useDatabase()
  if (document === '') return null
  return (
    <Link to={pathTo(names, 'security')} search={{ show: 'try', as: `document ${document}` }} tabIndex={-1}>
      What may it do?
    </Link>
  )
}
