import type { ReactNode } from 'react'
import { ApiError, messageOf, type Told } from '../../api/http'
import { Button } from '../../design/Button'
import { Notice } from '../../design/PageHeader'

/** Why a page of unis has nothing to show, and what to do about it. */
export function UniTrouble({ error, what, action, onRetry }: { error: unknown; what: string; action?: ReactNode; onRetry: () => void }) {
  const again = <Button onClick={onRetry}>Try again</Button>
  if (error instanceof ApiError && error.status === 403)
    return (
      <Notice title={`This secret may not see ${what}`} action={action}>
        {messageOf(error)} Sign in with the secret of an admin, or with an API key of a node.
      </Notice>
    )
  if (error instanceof ApiError && error.status === 404)
    return (
      <Notice title="It is not there" action={action ?? again}>
        {messageOf(error)} It may have been deleted, or the address is wrong.
      </Notice>
    )
  return (
    <Notice title={`Cannot show ${what}`} action={again}>
      {messageOf(error)}
    </Notice>
  )
}

/** All that the server says is wrong, one thing a line. */
export function Causes({ error }: { error: unknown }) {
  const told = error instanceof ApiError ? error.errors : []
  const causes = told.flatMap((e: Told) => e.cause ?? [])
  return (
    <div className="causes" role="alert">
      <p className="causes-headline">{messageOf(error)}</p>
      {causes.length > 0 && (
        <ul>
          {causes.map(({ description }) => (
            <li key={description}>{description}</li>
          ))}
        </ul>
      )}
    </div>
  )
}
