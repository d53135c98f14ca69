// Types of the generated parser.js.
import type { LRParser } from '@lezer/lr'

/** The parser of fql.grammar, which knows no function's name yet. */
export declare const parser: LRParser
