import { useId, type ComponentProps } from 'react'
import './field.css'

interface Props extends ComponentProps<'input'> {
  label: string
  hint?: string
  /** What is wrong with it; it is read out when it appears. */
  error?: string | undefined
}

/** A line of text with its label. */
export function Field({ label, hint, error, ...rest }: Props) {
  const id = useId()
  const below = error ?? hint
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input id={id} className="field-input" aria-invalid={error !== undefined} aria-describedby={below ? `${id}-below` : undefined} {...rest} />
      {below && (
        <p id={`${id}-below`} className={error ? 'field-error' : 'field-hint'} role={error ? 'alert' : undefined}>
          {below}
        </p>
      )}
    </div>
  )
}
