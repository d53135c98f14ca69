import { useMutation } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { useDatabase } from '../../layout/database'
import { isArray } from '../../value/access'
import { ask } from '../../value/ask'
import { fqlOf } from '../../value/fql'
import { parseValue } from '../../value/parse'
import { FqlField } from '../collections/FqlField'
import { reasonsOf } from '../collections/writing'
import type { Browse, IndexDefinition } from './definition'

/** A field for each term. What is written is evaluated, and the URL gets its value. */
export function Terms({ index, browse, onShow }: { index: IndexDefinition; browse: Browse; onShow: (terms: string) => void }) {
  const { path } = useDatabase()
  const given = browse.terms === undefined ? undefined : parseValue(browse.terms)
  const [texts, setTexts] = useState(() => index.terms.map((_, i) => (isArray(given) && given[i] !== undefined ? fqlOf(given[i]) : '')))
  const evaluate = useMutation({
    mutationFn: () => ask(path, `[${texts.join(', ')}]`),
    onSuccess: ({ json }) => onShow(json.replace(/\n\s*/g, '')),
  })
  const missing = texts.some((text) => text.trim() === '')
  const show = () => !missing && evaluate.mutate()
  return (
    <section className="panel" aria-label="Terms">
      <div className="form">
        <div className="form-row">
          {index.terms.map((term, i) => (
            <FqlField key={term} label={term} room="line" value={texts[i] ?? ''} onChange={(text) => setTexts((before) => before.map((each, k) => (k === i ? text : each)))} onRun={show} placeholder='"Fred" or Ref(Collection("stores"), "1")' />
          ))}
        </div>
        {evaluate.isError && (
          <p className="field-error" role="alert">
            {reasonsOf(evaluate.error).join(' ')}
          </p>
        )}
        <div className="form-actions">
          <Button kind="primary" icon={<Search />} disabled={missing || evaluate.isPending} onClick={show}>
            Search
          </Button>
        </div>
      </div>
    </section>
  )
}
