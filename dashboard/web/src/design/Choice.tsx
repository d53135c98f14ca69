import { ToggleGroup } from 'radix-ui'
import type { ReactNode } from 'react'
import './choice.css'

interface Option<T extends string> {
  value: T
  label: ReactNode
  /** What it is called when the label is a picture. */
  name?: string
}

/** One of a few, all of them visible. */
export function Choice<T extends string>({ label, value, options, onChange }: { label: string; value: T; options: Option<T>[]; onChange: (value: T) => void }) {
  return (
    <ToggleGroup.Root className="choice" type="single" aria-label={label} value={value} onValueChange={(next) => next && onChange(next as T)}>
      {options.map((o) => (
        <ToggleGroup.Item key={o.value} className="choice-option" value={o.value} aria-label={o.name} title={o.name}>
          {o.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
