import { Monitor, Moon, Sun } from 'lucide-react'
import { useState } from 'react'
import { Choice } from '../design/Choice'
import { drop, recall, remember } from '../storage'

type Theme = 'system' | 'light' | 'dark'

const key = 'seriatim.theme'

function stored(): Theme {
  const theme = recall(key)
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

/** The colours: as the system has them, or always one of the two. */
export function ThemeMenu() {
  const [theme, setTheme] = useState(stored)
  const choose = (next: Theme) => {
    setTheme(next)
    if (next === 'system') {
      drop(key)
      delete document.documentElement.dataset.theme
    } else {
      remember(key, next)
      document.documentElement.dataset.theme = next
    }
  }
  return (
    <Choice
      label="Colours"
      value={theme}
      onChange={choose}
      options={[
        { value: 'system', label: <Monitor />, name: 'As the system' },
        { value: 'light', label: <Sun />, name: 'Light' },
        { value: 'dark', label: <Moon />, name: 'Dark' },
      ]}
    />
  )
}
