import { Check, Copy, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from './Button'
import { copyText } from './clipboard'

/** Copies a text and says so. */
export function CopyButton({ text, label }: { text: string | (() => string); label: string }) {
  const [told, setTold] = useState<'Copied' | 'The browser refused to copy'>()
  useEffect(() => {
    if (!told) return
    const timer = setTimeout(() => setTold(undefined), 1500)
    return () => clearTimeout(timer)
  }, [told])
  const copy = () =>
    copyText(typeof text === 'string' ? text : text()).then(
      () => setTold('Copied'),
      () => setTold('The browser refused to copy'),
    )
  const icon = told === undefined ? <Copy /> : told === 'Copied' ? <Check /> : <X />
  return <Button kind="quiet" icon={icon} aria-label={told ?? label} title={told ?? label} onClick={() => void copy()} />
}
