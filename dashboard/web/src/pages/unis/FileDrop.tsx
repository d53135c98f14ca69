import { Upload } from 'lucide-react'
import { useId, useState, type DragEvent } from 'react'
import type { File as Taken } from './registration'

/** Takes files by choosing or by dropping them. */
export function FileDrop({ label, accept = '.json,application/json', onFiles }: { label: string; accept?: string; onFiles: (files: Taken[]) => void }) {
  const id = useId()
  const [over, setOver] = useState(false)
  const read = async (list: FileList | null) => {
    const files = await Promise.all([...(list ?? [])].map(async (file) => ({ name: file.name, text: await file.text() })))
    if (files.length > 0) onFiles(files)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void read(event.dataTransfer.files)
  }
  return (
    <label
      className={over ? 'file-drop file-drop-over' : 'file-drop'}
      htmlFor={id}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Upload aria-hidden="true" />
      <span>{label}</span>
      <input
        id={id}
        className="visually-hidden"
        type="file"
        accept={accept}
        multiple
        onChange={(event) => {
          void read(event.target.files)
          event.target.value = '' // the same file may be chosen again
        }}
      />
    </label>
  )
}
