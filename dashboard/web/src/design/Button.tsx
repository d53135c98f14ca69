import type { ComponentProps, ReactNode } from 'react'
import './button.css'

interface Props extends ComponentProps<'button'> {
  /** primary: the page's one action; plain: the others; quiet: without a frame. */
  kind?: 'primary' | 'plain' | 'quiet'
  icon?: ReactNode
}

/** A button. Without text it needs an aria-label. */
export function Button({ kind = 'plain', icon, children, className = '', type = 'button', ...rest }: Props) {
  return (
    <button type={type} className={`button button-${kind} ${children ? '' : 'button-icon'} ${className}`} {...rest}>
      {icon}
      {children}
    </button>
  )
}
