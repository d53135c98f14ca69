import './node-choice.css'

interface Props {
  label: string
  nodes: readonly { name: string }[]
  value: string
  /** Whether there is no other choice. */
  fixed: boolean
  onChange: (name: string) => void
}

/** One of the nodes of a uni. */
export function NodeChoice({ label, nodes, value, fixed, onChange }: Props) {
  return (
    <label className="node-choice">
      <span>{label}</span>
      <select value={value} disabled={fixed} onChange={(event) => onChange(event.target.value)}>
        {nodes.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  )
}
