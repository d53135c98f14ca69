import type { ReactNode } from 'react'
import { ApiError, messageOf } from '../../api/http'
import { QueryError } from '../../api/query'
import { Button } from '../../design/Button'
import { Notice } from '../../design/PageHeader'

/** The code of the first error of a failed query, or nothing. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof QueryError ? thrown.failure.errors[0]?.code : undefined
}

interface Props {
  error: unknown
  /** What could not be read: “the documents of products”. */
  what: string
  /** What to say when something is not there. */
  missing?: { title: string; text: ReactNode }
  /** Where to go from here. */
  action?: ReactNode
  onRetry: () => void
}

/** Says why something cannot be shown, and what to do about it. */
export function Trouble({ error, what, missing, action, onRetry }: Props) {
  const code = codeOf(error)
  const again = <Button onClick={onRetry}>Try again</Button>
  if (missing && (code === 'invalid ref' || code === 'instance not found' || code === 'invalid argument'))
    return (
      <Notice title={missing.title} action={action ?? again}>
        {missing.text}
      </Notice>
    )
  if (code === 'permission denied')
    return (
      <Notice title={`This secret may not read ${what}`} action={action}>
        Sign in with another one, or let its role read them.
      </Notice>
    )
  if (error instanceof ApiError && error.status === 0)
    return (
      <Notice title="The server does not answer" action={again}>
        {messageOf(error)}
      </Notice>
    )
  return (
    <Notice title={`Cannot read ${what}`} action={again}>
      {messageOf(error)}
    </Notice>
  )
}

/** Whether an error replaces what was read before: the server has answered, so it
 *  is no longer so. Without an answer the old data stays in sight. */
export function isFinal(error: unknown): boolean {
  return error instanceof QueryError || (error instanceof ApiError && error.status !== 0)
}
