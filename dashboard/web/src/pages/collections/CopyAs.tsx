import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '../../design/Button'
import { copyText } from '../../design/clipboard'

/** A button with words that copies a text and says so. */
export function CopyAs({ text, children }: { text: string; children: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <Button kind="quiet" icon={copied ? <Check /> : <Copy />} aria-live="polite" onClick={() => void copyText(text).then(() => setCopied(true))}>
      {copied ? 'Copied' : children}
    </Button>
  )
}
