import { styleTags, tags as t } from '@lezer/highlight'

/**
 * What the pieces of a text are, for colouring it: the classes of
 * `syntax/highlight.go` as tags, plus `special(string)` for backticks, which results
 * may hold and queries may not.
 */
export const highlighting = styleTags({
  FunctionName: t.function(t.name),
  Name: t.name,
  Parameter: t.name,
  Return: t.name,
  Function: t.name,
  'PropertyName!': t.propertyName,
  Constant: t.atom,
  Number: t.number,
  String: t.string,
  Template: t.special(t.string),
  LineComment: t.comment,
  BlockComment: t.comment,
  Mistake: t.invalid,
  '( ) [ ] { } , : ; . "=>" + -': t.punctuation,
})
