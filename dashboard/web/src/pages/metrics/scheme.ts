import { useSyncExternalStore } from 'react'

const dark = () => matchMedia('(prefers-color-scheme: dark)')

function watch(changed: () => void): () => void {
  const attributes = new MutationObserver(changed)
  attributes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  const system = dark()
  system.addEventListener('change', changed)
  return () => {
    attributes.disconnect()
    system.removeEventListener('change', changed)
  }
}

/** Light or dark, by choice or by the system: what is painted is painted again. */
export function useScheme(): string {
  return useSyncExternalStore(watch, () => document.documentElement.dataset.theme ?? (dark().matches ? 'dark' : 'light'))
}
