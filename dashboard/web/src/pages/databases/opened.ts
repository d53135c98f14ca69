/** The open ones of a tree after one was opened, or closed with all inside it. */
export function toggled(open: readonly string[], path: string): string[] {
  return open.includes(path) ? open.filter((one) => one !== path && !one.startsWith(`${path}/`)) : [...open, path]
}
