import { Search } from 'lucide-react'
import './filter.css'

/** A line that narrows a list to what has its text. */
export function FilterField({ label, value, onChange }: { label: string; value: string; onChange: (text: string) => void }) {
  return (
    <label className="filter">
      <Search aria-hidden="true" />
      <span className="visually-hidden">{label}</span>
      <input type="search" placeholder={label} spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  )
}
