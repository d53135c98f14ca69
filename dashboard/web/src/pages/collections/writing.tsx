import { useMutation, useQueryClient } from '@tanstack/react-query'
import { messageOf } from '../../api/http'
import { QueryError } from '../../api/query'
import type { Cause } from '../../api/run'
import { Highlighted } from '../../editor/Highlighted'
import { ask, type Answer } from '../../value/ask'
import './fql-field.css'

/** Runs a text that writes; what pages show is read again afterwards. */
export function useWrite(path: string, done?: (answer: Answer) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (text: string) => ask(path, text),
    onSuccess: (answer) => {
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'language' })
      done?.(answer)
    },
  })
}

/** All that is wrong, in sentences: the errors, their invalid fields and their causes. */
export function reasonsOf(thrown: unknown): string[] {
  if (!(thrown instanceof QueryError)) return [messageOf(thrown)]
  if (thrown.failure.abort !== undefined) return [thrown.failure.abort]
  return thrown.failure.errors.flatMap(toldOf)
}

function toldOf(error: Cause): string[] {
  const fields = (error.failures ?? []).map((f) => `${f.field.join('.')}: ${f.description}`)
  const causes = (error.cause ?? []).flatMap(toldOf)
  const place = error.line === undefined ? '' : ` (line ${error.line})`
  return fields.length > 0 ? [...fields, ...causes] : [error.description + place, ...causes]
}

/** What a field of a form is told: the failures whose first step is that name. */
export function failureOfField(thrown: unknown, ...path: string[]): string | undefined {
  if (!(thrown instanceof QueryError)) return undefined
  const found = thrown.failure.errors.flatMap((e) => e.failures ?? []).filter((f) => path.every((step, i) => f.field[i] === step))
  return found.length > 0 ? found.map((f) => f.description).join(' ') : undefined
}

/** Why a write failed. */
export function WriteTrouble({ error }: { error: unknown }) {
  return (
    <div className="form-trouble" role="alert">
      {reasonsOf(error).map((reason) => (
        <p key={reason}>{reason}</p>
      ))}
    </div>
  )
}

/** The FQL that a form will run. */
export function WillRun({ text }: { text: string }) {
  return (
    <div className="form-fql">
      <span className="label">Runs</span>
      <Highlighted text={text} />
    </div>
  )
}
