import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from './Button'
import { copyText } from './clipboard'

/** Copies a text and says so. */
export function CopyButton({ text, label }: { text: string | (() => string); label: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    await copyText(typeof text === 'string' ? text : text())
    setCopied(true)
  }
  return (
    <Button kind="quiet" icon={copied ? <Check /> : <Copy />} aria-label={copied ? 'Copied' : label} title={label} onClick={() => void copy()} />
  )
}
