import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Button } from './Button'
import './dialog.css'

interface Props {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: string
  /** center: a small window; side: a drawer at the right. */
  at?: 'center' | 'side'
  children: ReactNode
}

/** A window over the page. Escape and a click beside it close it. */
export function Dialog({ open, onOpenChange, title, description, at = 'center', children }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="dialog-shade" />
        <Radix.Content className={`dialog dialog-${at}`} {...(description ? {} : { 'aria-describedby': undefined })}>
          <header className="dialog-head">
            <div>
              <Radix.Title className="dialog-title">{title}</Radix.Title>
              {description && <Radix.Description className="dialog-description">{description}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <Button kind="quiet" icon={<X />} aria-label="Close" />
            </Radix.Close>
          </header>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
