import { useQuery } from '@tanstack/react-query'
import { useMemo, type Ref } from 'react'
import { Editor, type EditorHandle } from '../../editor/Editor'
import { useDatabase } from '../../layout/database'
import { completions, helpOf, languageQuery } from '../shell/language'
import '../../design/field.css'
import './fql-field.css'

interface Props {
  label: string
  value: string
  onChange?: (text: string) => void
  hint?: string
  error?: string | undefined
  /** How much room it has: one line, a few, many. */
  room?: 'line' | 'few' | 'many'
  /** Ctrl-Enter. */
  onRun?: () => void
  placeholder?: string
  readOnly?: boolean
  handleRef?: Ref<EditorHandle>
}

/** A field for FQL, with completion and help as in the shell. */
export function FqlField({ label, value, onChange, hint, error, room = 'few', onRun, placeholder, readOnly, handleRef }: Props) {
  const { path } = useDatabase()
  const complete = useMemo(() => completions(path), [path])
  const language = useQuery(languageQuery)
  return (
    <div className="field">
      <span className="field-label">{label}</span>
      <div className={`fql-field fql-field-${room}`} data-invalid={error !== undefined || undefined}>
        <Editor
          label={label}
          value={value}
          complete={complete}
          help={helpOf}
          functions={language.data ?? []}
          {...(onChange ? { onChange } : {})}
          {...(onRun ? { onRun } : {})}
          {...(placeholder === undefined ? {} : { placeholder })}
          {...(readOnly === undefined ? {} : { readOnly })}
          {...(handleRef ? { handleRef } : {})}
        />
      </div>
      {(error ?? hint) && (
        <p className={error ? 'field-error' : 'field-hint'} role={error ? 'alert' : undefined}>
          {error ?? hint}
        </p>
      )}
    </div>
  )
}
