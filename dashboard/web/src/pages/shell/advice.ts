/** What errors of queries mean, and what to do about them. */

const advice: Readonly<Record<string, string>> = {
  'authentication failed': 'The password is not the one of this document, or the document has none.',
  'call error': 'The function that is called failed. What happened inside stands below.',
  'contended transaction': 'Each time it was tried, another transaction wrote what this one had read. Run it again; one that reads less meets fewer others.',
  'feature not available': 'Known differences, in the documentation, tells what there is in its place.',
  'inactive index': 'The index is still being built. Jobs shows how far it is.',
  'instance already exists': 'Something with this name or id is there. Update changes it.',
  'instance not found': 'The name or reference is well formed, but nothing is there at the time that is read: it was never made, was deleted, or has expired. Exists tells without an error.',
  'instance not unique': 'The index is unique and has an entry with these values, of another document.',
  'invalid argument': 'The function takes another type here, or the value is out of its range.',
  'invalid expression': 'The function has no such form: a name of an argument is wrong, missing or too many, or a variable is not bound around it.',
  'invalid ref': 'No collection, index or function of this database has that name.',
  'invalid object in container': 'This database is a container: it holds only databases, keys, roles and access providers.',
  'invalid token': 'The secret that this runs with is no token.',
  'invalid write time': 'Reading at a past time, nothing can be written. Run as of now.',
  'missing identity': 'The secret belongs to no document. Run it as a token or as a document.',
  'move database error': 'A database cannot become a child of itself or of its own children.',
  'permission denied': 'The secret or the role that this runs as may not do it. Under Security, Try says which rule decides.',
  'schema not found': 'No collection of this database has that name.',
  'stack overflow': 'Functions call each other too often. Map, Reduce or Filter over an array go deeper than a recursion.',
  'time out': 'It took longer than a query may. Reading fewer documents at once, by pages or an index, makes it shorter.',
  'processing time limit exceeded': 'It took longer than a query may. Reading fewer documents at once, by pages or an index, makes it shorter.',
  'transaction aborted': 'The query ended itself by Abort. Nothing of it was written.',
  unauthorized: 'The secret names nobody: it was never one, or its key or token was deleted or has expired.',
  'validation failed': 'What is written has not the form that is needed. Each field that is wrong stands below.',
  'value not found': 'There is nothing at that path. With a further argument Select gives that instead.',
}

/** A sentence or two on an error by its code, undefined where its own description says all. */
export const adviceOn = (code: string): string | undefined => (Object.hasOwn(advice, code) ? advice[code] : undefined)

/** The function that a text calls where an error is, if it is a call: for its page in the
 *  documentation. */
export const calledIn = (text: string): string | undefined => /^([A-Z][A-Za-z]*)\s*\(/.exec(text)?.[1]
