// The name by which walks know what look.mjs judges.
export { inspectPage } from './look.mjs'
