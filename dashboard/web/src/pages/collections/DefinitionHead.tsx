import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { PageHeader } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { Trail } from '../../layout/Trail'
import { DeleteDefinition } from '../indexes/DeleteDefinition'
import { Reading } from './Reading'
import { Trouble } from './Trouble'

const kinds = {
  index: { page: 'indexes', title: 'Indexes', maker: 'Index' },
  function: { page: 'functions', title: 'Functions', maker: 'Function' },
  role: { page: 'security', title: 'Security', maker: 'Role' },
} as const

interface Props {
  kind: keyof typeof kinds
  name: string
  reading: { dataUpdatedAt: number; data: { txn: number } | undefined; isFetching: boolean; isError: boolean; error: unknown; refetch: () => unknown }
  /** What else can be done with it, once it is there. */
  children?: ReactNode
}

/** The head of the page of a definition, and why it cannot be shown. */
export function DefinitionHead({ kind, name, reading, children }: Props) {
  const { names, label } = useDatabase()
  const { page, title, maker } = kinds[kind]
  const { dataUpdatedAt, data, isFetching, isError, error, refetch } = reading
  const missing = { title: `There is no ${kind} ${name}`, text: 'It may have been deleted or renamed.' }
  const again = () => void refetch()
  return (
    <>
      <PageHeader
        trail={
          <>
            <Trail names={names} />
            <Link to={pathTo(names, page)}>{title}</Link>
            <span aria-hidden="true">/</span>
          </>
        }
        title={name}
        window={[name, label]}
      >
        <Reading at={dataUpdatedAt} txn={data?.txn} busy={isFetching} stale={isError} onRefresh={again} />
        {data && children}
        {data && <DeleteDefinition what={kind} maker={maker} name={name} to={pathTo(names, page)} />}
      </PageHeader>
      {isError && <Trouble error={error} what={`the ${kind} ${name}`} missing={missing} onRetry={again} />}
    </>
  )
}
