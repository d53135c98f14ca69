import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { isOutdated, reloadOnce } from '../../api/build'
import { ApiError, messageOf } from '../../api/http'
import { hasEnded, sessionQuery, signIn } from '../../api/session'
import { Button } from '../../design/Button'
import { Field } from '../../design/Field'
import { Mark } from '../../design/Mark'
import './sign-in.css'

/** Takes a secret. After it the page that the URL names appears. */
export function SignInPage() {
  const client = useQueryClient()
  const [secret, setSecret] = useState('')
  const enter = useMutation({
    mutationFn: () => signIn(secret.trim()),
    onSuccess: (session) => {
      if (!isOutdated() || !reloadOnce()) client.setQueryData(sessionQuery.queryKey, session)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (secret.trim() !== '' && !enter.isPending) enter.mutate()
  }
  return (
    <main className="sign-in">
      <form className="sign-in-form" onSubmit={submit}>
        <Mark size={36} />
        <div>
          <h1>Sign in to Seriatim</h1>
          <p className="sign-in-host">{location.host}</p>
        </div>
        {hasEnded() && <p role="status">Your session has ended: the server was started again, or the key is no more. What you wrote in the shell is kept.</p>}
        {/* Keepers of passwords tell servers apart by it. */}
        <input type="text" name="username" autoComplete="username" value={location.host} readOnly hidden />
        <Field
          label="Secret"
          type="password"
          name="secret"
          autoComplete="current-password"
          value={secret}
          onChange={(event) => {
            setSecret(event.target.value)
            enter.reset()
          }}
          error={enter.error ? reason(enter.error) : undefined}
          autoFocus
        />
        <Button kind="primary" type="submit" disabled={secret.trim() === '' || enter.isPending}>
          Sign in
        </Button>
        <p className="sign-in-hint">
          Any key’s secret. The first one is in the file <code>root-secret</code> of the server’s data directory; a server started with{' '}
          <code>--dev</code> has <code>secret</code>.
        </p>
      </form>
    </main>
  )
}

function reason(thrown: unknown): string {
  return thrown instanceof ApiError && thrown.status === 401 ? 'This secret opens nothing here.' : messageOf(thrown)
}
