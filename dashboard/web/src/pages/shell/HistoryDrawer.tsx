import { History } from 'lucide-react'
import type { ReactElement } from 'react'
import { Button } from '../../design/Button'
import { EmptyState } from '../../design/PageHeader'
import { forgetAll, useHistory, type Entry } from './history'
import { TextDrawer, TextList, type KeptText } from './TextDrawer'

interface Props {
  /** Under which name the history is kept: the database's path, or what `historyOf` of the
   *  explorer gives. */
  name: string
  /** What is run: "query". */
  what?: string
  trigger: ReactElement
  onChoose: (text: string) => void
}

/** What was run before; what is chosen goes to the editor. */
export function HistoryDrawer({ name, what = 'query', trigger, onChoose }: Props) {
  return (
    <TextDrawer title="History" description="What ran here. This browser keeps it until you sign out." trigger={trigger} onChoose={onChoose}>
      {(choose) => <Entries name={name} what={what} onChoose={choose} />}
    </TextDrawer>
  )
}

function Entries({ name, what, onChoose }: { name: string; what: string; onChoose: (text: string) => void }) {
  const entries = useHistory(name)
  return (
    <TextList
      texts={entries.map(textOf)}
      onChoose={(text) => onChoose(text)}
      plain={what !== 'query'}
      empty={
        <EmptyState icon={<History />} title="Nothing yet">
          Run {/^[aeiou]/.test(what) ? 'an' : 'a'} {what}, and it is kept here.
        </EmptyState>
      }
      forget={
        <Button kind="quiet" onClick={() => forgetAll(name)}>
          Forget all
        </Button>
      }
    />
  )
}

const textOf = ({ text, at, took, failed }: Entry): KeptText => ({
  key: `${at} ${text}`,
  text,
  head: (
    <>
      <span className={failed ? 'history-dot history-failed' : 'history-dot'} aria-hidden="true" />
      <time dateTime={new Date(at).toISOString()}>{new Date(at).toLocaleString()}</time>
      <span>{failed ? 'failed' : took > 0 ? `${took.toLocaleString('en')} ms` : ''}</span>
    </>
  ),
})
