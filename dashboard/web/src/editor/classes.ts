import { tagHighlighter, tags as t } from '@lezer/highlight'
import './classes.css'

/**
 * The CSS classes of coloured text, in the editor and outside it; `classes.css` gives
 * them the colours of the design.
 */
export const codeClasses = tagHighlighter([
  { tag: t.function(t.name), class: 'code-function' },
  { tag: t.name, class: 'code-name' },
  { tag: t.propertyName, class: 'code-member' },
  { tag: t.atom, class: 'code-constant' },
  { tag: t.number, class: 'code-number' },
  { tag: t.string, class: 'code-string' },
  { tag: t.special(t.string), class: 'code-template' },
  { tag: t.comment, class: 'code-comment' },
  { tag: t.punctuation, class: 'code-punctuation' },
  { tag: t.invalid, class: 'code-mistake' },
])
