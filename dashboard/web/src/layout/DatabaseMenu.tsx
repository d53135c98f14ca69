import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Check, ChevronsUpDown, CornerLeftUp, Database } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { databasesQuery } from './databases'
import { topLabel, useDatabase } from './database'
import { pathTo, type Names } from './paths'
import './menu.css'

/** Names the present database and leads to the ones around it. */
export function DatabaseMenu() {
  const { names, path, label } = useDatabase()
  const parent = names.slice(0, -1)
  const inside = useQuery(databasesQuery(path))
  const beside = useQuery({ ...databasesQuery(parent.join('/')), enabled: names.length > 0 })
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="database-menu" title={path === '' ? topLabel : path}>
        <Database aria-hidden="true" />
        <span className="database-menu-name">{label}</span>
        <ChevronsUpDown aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4} collisionPadding={8}>
          {names.length > 0 && <Entry names={parent} label={parent.at(-1) ?? topLabel} icon={<CornerLeftUp />} />}
          {names.length > 0 && <Group label={`In ${parent.at(-1) ?? topLabel}`} below={parent} inside={beside.data?.names} present={label} />}
          <Group label={`In ${label}`} below={names} inside={inside.data?.names} />
          {names.length === 0 && inside.data?.names.length === 0 && <p className="menu-empty">No databases yet</p>}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function Group({ label, below, inside, present }: { label: string; below: Names; inside: string[] | undefined; present?: string }) {
  if (!inside || inside.length === 0) return null
  return (
    <DropdownMenu.Group>
      <DropdownMenu.Label className="menu-label">{label}</DropdownMenu.Label>
      {inside.map((name) => (
        <Entry key={name} names={[...below, name]} label={name} icon={name === present ? <Check /> : undefined} />
      ))}
    </DropdownMenu.Group>
  )
}

function Entry({ names, label, icon }: { names: Names; label: string; icon?: React.ReactNode }) {
  const navigate = useNavigate()
  const to = pathTo(names)
  return (
    <DropdownMenu.Item className="menu-item" asChild onSelect={() => void navigate({ to })}>
      <Link to={to}>
        <span className="menu-icon">{icon}</span>
        <span className="menu-text">{label}</span>
      </Link>
    </DropdownMenu.Item>
  )
}
