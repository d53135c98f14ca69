/** The URLs of the application. A database is one segment, the names from the
 *  top joined by ":", which no name can hold. */

/** A database by its names from the top; none is the secret's own database. */
export type Names = readonly string[]

export type Page = '' | 'shell' | 'collections' | 'indexes' | 'functions' | 'security' | 'unis' | 'graphql' | 'ledger' | 'databases' | 'jobs' | 'metrics' | 'cluster' | 'docs'

/** Where a page of a database is, below /ui. */
export function pathTo(names: Names, page: Page = '', ...rest: string[]): string {
  const database = names.length > 0 ? ['db', segment(names)] : []
  const steps = page === '' ? [] : [page, ...rest.map((name) => segment([name]))]
  return '/' + [...database, ...steps].join('/')
}

/** Where the shell is with a text in its editor. */
export function shellWith(names: Names, text: string): { to: string; search: { text: string } } {
  return { to: pathTo(names, 'shell'), search: { text } }
}

// "." and ".." are names, too, but would be steps of a path; an empty part more
// keeps them apart and is dropped in reading.
function segment(names: Names): string {
  const joined = names.map(encodeURIComponent).join(':')
  return joined === '.' || joined === '..' ? joined + ':' : joined
}

/** The name in a segment that the router has decoded. */
export function nameIn(segment: string | undefined): string {
  return namesIn(segment).join(':')
}

/** The names in a segment that the router has decoded. */
export function namesIn(segment: string | undefined): Names {
  return (segment ?? '').split(':').filter((name) => name !== '')
}
