import { Bookmark, Pencil, Trash2, Undo2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../design/Button'
import { EmptyState } from '../../design/PageHeader'
import { nameOf, remove, removeAll, rename, save, useSaved, type Saved } from './saved'
import { TextDrawer, TextList } from './TextDrawer'

interface Props {
  database: string
  onChoose: (text: string, name?: string) => void
}

/** The queries that were saved; one that is chosen goes to the editor. */
export function SavedDrawer({ database, onChoose }: Props) {
  return (
    <TextDrawer title="Saved queries" description="Of this database, in this browser. They stay when you sign out." trigger={<Button icon={<Bookmark />}>Saved</Button>} onChoose={onChoose}>
      {(choose) => <Entries database={database} onChoose={choose} />}
    </TextDrawer>
  )
}

function Entries({ database, onChoose }: Props) {
  const all = useSaved(database)
  const [renaming, setRenaming] = useState<string>()
  const [gone, setGone] = useState<readonly Saved[]>([])
  const undo = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (gone.length > 0) undo.current?.focus() // what had the focus is gone
  }, [gone])
  return (
    <>
      {gone.length > 0 && (
        <p className="saved-gone" role="status">
          <span>{gone.length === 1 ? `Deleted ${gone[0]!.name}.` : `Deleted all ${gone.length}.`}</span>
          <Button
            ref={undo}
            kind="quiet"
            icon={<Undo2 />}
            onClick={() => {
              for (const each of gone) save(database, each)
              setGone([])
            }}
          >
            Undo
          </Button>
        </p>
      )}
      <TextList
        texts={all.map((each) => ({
          key: each.name,
          text: each.text,
          name: each.name,
          head: <strong className="saved-name">{each.name}</strong>,
          tools:
            renaming === each.name ? (
              <Rename database={database} name={each.name} onDone={() => setRenaming(undefined)} />
            ) : (
              <span className="saved-tools">
                <Button kind="quiet" icon={<Pencil />} aria-label={`Rename ${each.name}`} title="Rename" onClick={() => setRenaming(each.name)} />
                <Button
                  kind="quiet"
                  icon={<Trash2 />}
                  aria-label={`Delete ${each.name}`}
                  title="Delete"
                  onClick={() => {
                    remove(database, each.name)
                    setGone([each])
                  }}
                />
              </span>
            ),
        }))}
        onChoose={onChoose}
        empty={
          <EmptyState icon={<Bookmark />} title="Nothing saved yet">
            Ctrl-S in the editor saves its text under a name.
          </EmptyState>
        }
        forget={
          <Button
            kind="quiet"
            onClick={() => {
              removeAll(database)
              setGone(all)
            }}
          >
            Delete all
          </Button>
        }
      />
    </>
  )
}

function Rename({ database, name, onDone }: { database: string; name: string; onDone: () => void }) {
  const [next, setNext] = useState(name)
  const [taken, setTaken] = useState(false)
  return (
    <form
      className="saved-rename"
      onSubmit={(event) => {
        event.preventDefault()
        if (rename(database, name, nameOf(next))) onDone()
        else setTaken(true)
      }}
    >
      <input
        className="field-input"
        aria-label={`Another name of ${name}`}
        aria-invalid={taken}
        autoFocus
        value={next}
        onChange={(event) => {
          setNext(event.target.value)
          setTaken(false)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          event.nativeEvent.stopImmediatePropagation()
          onDone()
        }}
      />
      <Button type="submit">Rename</Button>
      {taken && (
        <span className="field-error" role="alert">
          {nameOf(next) === '' ? 'It needs a name.' : 'Another one is called that.'}
        </span>
      )}
    </form>
  )
}
