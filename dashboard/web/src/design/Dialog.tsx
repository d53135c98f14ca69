import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { Button } from './Button'
import './dialog.css'

interface Props {
  /** What opens it and gets the focus back. */
  trigger: ReactElement
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: string
  /** center: a small window; side: a drawer at the right. */
  at?: 'center' | 'side'
  /** Called when it is gone. True says that the focus went elsewhere. */
  onClosed?: () => boolean
  children: ReactNode
}

/** A window over the page. Escape and a click beside it close it. */
export function Dialog({ open, onOpenChange, title, description, at = 'center', onClosed, trigger, children }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Overlay className="dialog-shade" />
        <Radix.Content className={`dialog dialog-${at}`} onCloseAutoFocus={(event) => onClosed?.() && event.preventDefault()} {...(description ? {} : { 'aria-describedby': undefined })}>
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
