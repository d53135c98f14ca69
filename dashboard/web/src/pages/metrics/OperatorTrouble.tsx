import { ApiError, messageOf } from '../../api/http'
import { Button } from '../../design/Button'
import { Notice } from '../../design/PageHeader'

/** Why a page for operators has nothing to show, and what to do about it. */
export function OperatorTrouble({ error, what, onRetry }: { error: unknown; what: string; onRetry: () => void }) {
  if (error instanceof ApiError && error.status === 403)
    return (
      <Notice title={`This secret may not see ${what}`}>
        They are for operators. Sign in with the secret of an admin of the root database.
      </Notice>
    )
  return (
    <Notice title={`${what.charAt(0).toUpperCase()}${what.slice(1)} cannot be shown`} action={<Button onClick={onRetry}>Try again</Button>}>
      {messageOf(error)}
    </Notice>
  )
}
